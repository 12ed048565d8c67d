{#
  Where a case is, roughly, as a number to look for its neighbours by (index case_record_place_idx): the thousandth of a
  degree in which it lies; the address where it has no coordinates; null where it has neither.

  c  alias of case_record
#}
{% macro place(c) %}
coalesce(
  CAST(floor((ST_X({{ c }}.geom) + 180) * 1000) AS bigint) * 1000000 + CAST(floor((ST_Y({{ c }}.geom) + 90) * 1000) AS bigint),
  -1 - (hashtextextended({{ c }}.address, 0) & 4611686018427387903)
)
{% endmacro %}

{# A case whose trouble would be known again: it says what it is about and where, and is no matter of a service window. #}
{% macro comparable(c) %}
{{ c }}.item_id IS NOT NULL AND {{ place(c) }} IS NOT NULL AND {{ c }}.track IS DISTINCT FROM 'service'
{% endmacro %}
