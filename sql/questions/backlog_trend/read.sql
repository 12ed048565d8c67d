-- backlog_trend: what changed in the backlog from day to day, from what is kept
-- names  : keys, conditions, kind (of the marginals, see _kept.sql), stocks
-- params : town_id, month_on (first day of the calendar month of since), until_on, period_days (first days of the periods
--          asked for); and those of the conditions
-- returns: number (of the period, from 1; 0 = before the first), the keys, and the change of each of the stocks; one row a
--          period and group in which anything changed
-- used by: questions backlog_trend        index: marginal_pkey
{% from 'questions/_placed.sql' import within %}
{% from 'questions/_kept.sql' import kept %}
SELECT
  width_bucket(p.day_on, CAST(:period_days AS date[])) AS number,
  {% for name, expression in keys %}
  {{ expression }} AS {{ name }},
  {% endfor %}
  {% for name in stocks %}
  sum(p.{{ name }}) AS {{ name }}{{ ',' if not loop.last }}
  {% endfor %}
FROM (
  {{ kept(kind, 2) }}
    AND m.day_on < :month_on
  UNION ALL
  {{ kept(kind) }}
    AND m.day_on BETWEEN :month_on AND :until_on
) AS p
WHERE TRUE
{{ within(conditions) }}
GROUP BY 1{% for name, expression in keys %}, {{ loop.index + 1 }}{% endfor %}

