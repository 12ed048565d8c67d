-- on_time_jinhua: the due cohort with those put off, and its urgent part: what the rule of Jinhua divides
-- names, params: as on_time
-- returns: period_on if asked by periods, the keys, n_due_in_all (put off included), n_put_off, n_due, n_due_closed, n_on_time,
--          n_urgent_due, n_urgent_closed, n_urgent_on_time; one row a period and group that has any
-- used by: questions on_time_jinhua        index: those of _spanned.sql on due_at and from_at
{% from 'questions/_due.sql' import judged %}
{% from 'questions/_grouped.sql' import again, grouped %}
WITH c AS (
  {{ judged(placement, by_handled, only_due, period, keys, conditions) }}
)
SELECT
  {{ again(period, keys) }}
  count(*) AS n_due_in_all,
  count(*) FILTER (WHERE part = 'put_off') AS n_put_off,
  count(*) FILTER (WHERE what = 'due') AS n_due,
  count(*) FILTER (WHERE part IN ('on_time', 'late_closed', 'exempt')) AS n_due_closed,
  count(*) FILTER (WHERE part = 'on_time') AS n_on_time,
  count(*) FILTER (WHERE is_urgent_case AND what = 'due') AS n_urgent_due,
  count(*) FILTER (WHERE is_urgent_case AND part IN ('on_time', 'late_closed', 'exempt')) AS n_urgent_closed,
  count(*) FILTER (WHERE is_urgent_case AND part = 'on_time') AS n_urgent_on_time
FROM c
{{ grouped(period, keys) }}
