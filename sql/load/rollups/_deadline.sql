{# The deadline delivered with case c; one that came as a date lasts until the end of that local day. params: zone #}
{% macro deadline() -%}
CASE
  WHEN c.day_only & 4 = 0 THEN c.due_at
  ELSE (c.due_at AT TIME ZONE :zone + make_interval(days => 1)) AT TIME ZONE :zone - make_interval(secs => 1e-6)
END
{%- endmacro %}
