-- on_time: the due cohort of a period, and what became of it, as it stood at an instant
-- names  : placement, kind (of what is kept that can answer, or None), by_handled, only_due, period (day, week, month or None), keys,
--          conditions
-- params : town_id, zone, since_on, until_on, on (the day of :at), since, until (timestamptz, until excluded), at; and those of the conditions
-- returns: period_on if asked by periods, the keys, n_due, n_on_time, n_late_closed, n_overdue_open, n_suspended, n_exempt,
--          n_put_off; one row a period and group that has any
-- used by: questions on_time        index: due_day_pkey; else those of _spanned.sql on due_at and from_at
{% from 'questions/_due.sql' import judged %}
{% from 'questions/_grouped.sql' import again, grouped %}
{% from 'questions/_kept.sql' import due_kept %}
{% if kind %}
WITH c AS (
  {{ due_kept(kind, period, keys, conditions) }}
)
SELECT
  {{ again(period, keys) }}
  coalesce(sum(on_time + late + exempt + open + suspended), 0) AS n_due,
  coalesce(sum(on_time), 0) AS n_on_time,
  coalesce(sum(late), 0) AS n_late_closed,
  coalesce(sum(open), 0) AS n_overdue_open,
  coalesce(sum(suspended), 0) AS n_suspended,
  coalesce(sum(exempt), 0) AS n_exempt,
  coalesce(sum(put_off), 0) AS n_put_off
FROM c
{{ grouped(period, keys, 'sum(on_time + late + exempt + open + suspended + put_off) > 0') }}
{% else %}
WITH c AS (
  {{ judged(placement, by_handled, only_due, period, keys, conditions) }}
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
{% endif %}
