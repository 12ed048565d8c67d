-- on_time: the due cohort of a period, and what became of it, as it stood at an instant
-- names  : placement, by_handled, period (day, week, month or None), keys, conditions
-- params : town_id, zone, since, until (timestamptz, until excluded), at; and those of the conditions
-- returns: period_on if asked by periods, the keys, n_due, n_on_time, n_late_closed, n_overdue_open, n_suspended, n_exempt,
--          n_put_off; one row a period and group that has any
-- used by: questions on_time        index: those of _spanned.sql on due_at and from_at
{% from 'questions/_due.sql' import judged %}
{% from 'questions/_grouped.sql' import again, grouped %}
WITH c AS (
  {{ judged(placement, by_handled, period, keys, conditions) }}
)
SELECT
  {{ again(period, keys) }}
  count(*) FILTER (WHERE what = 'due') AS n_due,
  count(*) FILTER (WHERE part = 'on_time') AS n_on_time,
  count(*) FILTER (WHERE part = 'late_closed') AS n_late_closed,
  count(*) FILTER (WHERE part = 'overdue_open') AS n_overdue_open,
  count(*) FILTER (WHERE part = 'suspended') AS n_suspended,
  count(*) FILTER (WHERE part = 'exempt') AS n_exempt,
  count(*) FILTER (WHERE part = 'put_off') AS n_put_off
FROM c
{{ grouped(period, keys) }}
