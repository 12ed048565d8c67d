-- bulletin: the counts of the monthly table of a digital city centre, by what its sections are made of
-- names  : placement, by_handled, only_due, period, keys (those asked by, and channel, category, subcategory), conditions,
--          apart (the conditions without the one that leaves self-handled cases out; None = they were asked for)
-- params : town_id, zone, since, until (timestamptz, until excluded), at; and those of the conditions
-- returns: period_on if asked by periods, the keys, n_reported, n_self_handled, n_registered, n_dispatched, n_due, n_due_closed,
--          n_on_time, n_reworked, n_extended (cases); one row a period and group that has any
-- used by: questions bulletin        index: those of _spanned.sql and _stepped.sql
{% from 'questions/_due.sql' import judged %}
{% from 'questions/_grouped.sql' import again, chosen, grouped %}
{% from 'questions/_happened.sql' import happened %}
{% from 'questions/_placed.sql' import within %}
{% from 'questions/_reported.sql' import reported %}
WITH steps AS (
  {{ happened(placement, ['registered', 'dispatched', 'rework', 'extended'], period, keys, conditions) }}
), c AS (
  {{ judged(placement, by_handled, only_due, period, keys, conditions) }}
), tallied AS (
  -- A case is given out anew after a return; it counts when it was first.
  SELECT {{ again(period, keys) }} what, case_id, '' AS part
  FROM steps AS s
  WHERE
    s.what <> 'dispatched' OR NOT EXISTS (
      SELECT 1
      FROM case_step AS b
      WHERE b.case_id = s.case_id AND b.event = 'dispatched' AND b.at < s.at
    )
  UNION ALL
  SELECT {{ again(period, keys) }} what, case_id, part FROM c
  UNION ALL
  SELECT
    {{ chosen(period, 'p.reported_at', keys) }}
    {% if apart is none %}
    'reported' AS what,
    {% else %}
    CASE p.track WHEN 'self_handled' THEN 'self_handled' ELSE 'reported' END AS what,
    {% endif %}
    p.case_id,
    '' AS part
  FROM (
    {{ reported(placement) }}
  ) AS p
  WHERE TRUE
  {{ within(conditions if apart is none else apart) }}
)
SELECT
  {{ again(period, keys) }}
  count(*) FILTER (WHERE what = 'reported') AS n_reported,
  count(*) FILTER (WHERE what = 'self_handled') AS n_self_handled,
  count(DISTINCT case_id) FILTER (WHERE what = 'registered') AS n_registered,
  count(DISTINCT case_id) FILTER (WHERE what = 'dispatched') AS n_dispatched,
  count(*) FILTER (WHERE what = 'due') AS n_due,
  count(*) FILTER (WHERE part IN ('on_time', 'late_closed', 'exempt')) AS n_due_closed,
  count(*) FILTER (WHERE part = 'on_time') AS n_on_time,
  count(DISTINCT case_id) FILTER (WHERE what = 'rework') AS n_reworked,
  count(DISTINCT case_id) FILTER (WHERE what = 'extended') AS n_extended
FROM tallied
{{ grouped(period, keys) }}
