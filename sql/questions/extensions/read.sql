-- extensions: extensions asked for, granted and refused in a period, and how many were asked shortly before the deadline
-- names  : placement, by_handled, only_due, period, keys, conditions
-- params : town_id, zone, since, until (timestamptz, until excluded), at, shortly_s (seconds); and those of the conditions
-- returns: period_on if asked by periods, the keys, n_asked, n_asked_late, n_granted, n_refused (times), n_extended (cases),
--          n_due; one row a period and group that has any
-- used by: questions extensions        index: those of _spanned.sql and _stepped.sql
{% from 'questions/_due.sql' import judged %}
{% from 'questions/_grouped.sql' import again, grouped %}
{% from 'questions/_extended.sql' import extension_steps %}
WITH timed AS (
  {{ extension_steps(placement, period, keys, conditions) }}
), c AS (
  {{ judged(placement, by_handled, only_due, period, keys, conditions) }}
), tallied AS (
  SELECT
    {{ again(period, keys) }}
    what,
    case_id,
    is_late
  FROM timed
  UNION ALL
  SELECT {{ again(period, keys) }} what, case_id, FALSE FROM c
)
SELECT
  {{ again(period, keys) }}
  count(*) FILTER (WHERE what = 'extension_asked') AS n_asked,
  count(*) FILTER (WHERE what = 'extension_asked' AND is_late) AS n_asked_late,
  count(*) FILTER (WHERE what = 'extended') AS n_granted,
  count(*) FILTER (WHERE what = 'extension_refused') AS n_refused,
  count(DISTINCT case_id) FILTER (WHERE what = 'extended') AS n_extended,
  count(*) FILTER (WHERE what = 'due') AS n_due
FROM tallied
{{ grouped(period, keys) }}
