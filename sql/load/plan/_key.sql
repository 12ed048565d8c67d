{#
  What a route or checkpoint is, as one number: of its geometry, and of the times of a route.
#}
{% macro route_key(r) -%}
  hashtextextended(encode(ST_AsBinary({{ r }}.geom), 'hex') || coalesce(CAST({{ r }}.windows AS text), ''), 0)
{%- endmacro %}

{% macro checkpoint_key(c) -%}
  hashtextextended(encode(ST_AsBinary({{ c }}.geom), 'hex'), 0)
{%- endmacro %}
