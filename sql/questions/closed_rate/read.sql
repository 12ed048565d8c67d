-- closed_rate: of the due cohort of a period, how many were closed
-- names, params: as on_time
-- returns: period_on if asked by periods, the keys, n_due, n_due_closed, n_put_off; one row a period and group that has any
-- used by: questions closed_rate        index: marginal_pkey; else those of _spanned.sql on due_at and from_at
{% from 'questions/_due.sql' import judged %}
{% from 'questions/_grouped.sql' import again, grouped %}
{% from 'questions/_kept.sql' import due_kept %}
{% if kind %}
WITH c AS (
  {{ due_kept(kind, period, keys, conditions) }}
)
SELECT
  {{ again(period, keys) }}
  coalesce(sum(due_on_time + due_late + due_open + due_suspended + due_exempt), 0) AS n_due,
  coalesce(sum(due_on_time + due_late + due_exempt), 0) AS n_due_closed,
  coalesce(sum(due_put_off), 0) AS n_put_off
FROM c
{{ grouped(period, keys) }}
{% else %}
WITH c AS (
  {{ judged(placement, by_handled, period, keys, conditions) }}
)
SELECT
  {{ again(period, keys) }}
  count(*) FILTER (WHERE what = 'due') AS n_due,
  count(*) FILTER (WHERE part IN ('on_time', 'late_closed', 'exempt')) AS n_due_closed,
  count(*) FILTER (WHERE part = 'put_off') AS n_put_off
FROM c
{{ grouped(period, keys) }}
{% endif %}
