{#
  The cases reported in a period and how each stood at :at, void ones (不予立案) left out: they never were cases to close.

  One row a case, the columns of _spanned.sql: the stretch it had ended with by :at (to_at <= :at), or the one that ran then.

  placement, only_due  as in _spanned.sql
  params     since, until (timestamptz, until excluded), at
#}
{% from 'questions/_spanned.sql' import ended, running %}
{% macro followed(placement, only_due) %}
{{ ended(placement, only_due) }}
  AND s.reported_at >= :since AND s.reported_at < :until AND s.ended <> 'voided'
UNION ALL
SELECT *
FROM ({{ running(placement) }}) AS o
WHERE o.reported_at >= :since AND o.reported_at < :until
{% endmacro %}

{# The state of case p at :at, as the dimension `state` wants it. #}
{% macro state_of_p() %}
CROSS JOIN LATERAL (SELECT CASE WHEN p.to_at <= :at THEN p.ended ELSE p.state END AS event) AS was
{% endmacro %}

{# Columns that dimensions name, unit apart: for a question whose unit is another than the one that answers at :at. #}
{% macro dimensions_of(row) %}
{{ row }}.path, {{ row }}.placed, {{ row }}.category, {{ row }}.subcategory, {{ row }}.line, {{ row }}.channel,
{{ row }}.source, {{ row }}.track, {{ row }}.is_urgent, {{ row }}.is_duplicate, {{ row }}.place_name
{% endmacro %}
