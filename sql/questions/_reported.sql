{#
  Cases reported in a period and until :at, each as it stood at :at: one row a case, the columns of _spanned.sql.

  placement  as in _placed.sql
#}
{% from 'questions/_spanned.sql' import ended, running %}
{% macro reported(placement) %}
SELECT *
FROM (
  {{ ended(placement) }}
    AND s.reported_at >= :since AND s.reported_at < :until
) AS e
UNION ALL
SELECT *
FROM (
  {{ running(placement) }}
) AS r
WHERE r.reported_at >= :since AND r.reported_at < :until
{% endmacro %}
