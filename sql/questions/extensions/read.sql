-- extensions: extensions asked for, granted and refused in a period, and how many were asked shortly before the deadline
-- names  : placement, by_handled, period, keys, conditions
-- params : town_id, zone, since, until (timestamptz, until excluded), at, shortly_s (seconds); and those of the conditions
-- returns: period_on if asked by periods, the keys, n_asked, n_asked_late, n_granted, n_refused (times), n_extended (cases),
--          n_due; one row a period and group that has any
-- used by: questions extensions        index: those of _spanned.sql and _stepped.sql
{% from 'questions/_due.sql' import judged %}
{% from 'questions/_grouped.sql' import again, grouped %}
{% from 'questions/_happened.sql' import happened %}
WITH steps AS (
  {{ happened(placement, ['extension_asked', 'extended', 'extension_refused'], period, keys, conditions) }}
), timed AS (
  -- The deadline that held when it was asked for: that of the stretch that ran just before.
  SELECT s.*, d.due_at
  FROM steps AS s
  LEFT JOIN LATERAL (
    SELECT l.due_at
    FROM case_span AS l
    WHERE s.what = 'extension_asked' AND l.case_id = s.case_id AND l.from_at <= s.at
    ORDER BY l.from_at < s.at DESC, l.from_at DESC
    LIMIT 1
  ) AS d ON TRUE
), c AS (
  {{ judged(placement, by_handled, period, keys, conditions) }}
), tallied AS (
  SELECT
    {{ again(period, keys) }}
    what,
    case_id,
    due_at IS NOT NULL AND at > due_at - make_interval(secs => :shortly_s) AND at <= due_at AS is_late
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
