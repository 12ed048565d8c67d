-- hotline: the counts behind the six rates of a hotline in a period
-- names  : placement, by_handled, only_due, period, keys, conditions
-- params : town_id, zone, since, until (timestamptz, until excluded), at; and those of the conditions
-- returns: period_on if asked by periods, the keys; of dispatches n_sign_due, n_signed_in_time; of the due n_due, n_on_time; of
--          the closings n_closed, n_solved; of ratings n_rated, n_dissatisfied, n_fair, n_satisfied, n_very_satisfied; of reports
--          n_reported, n_duplicate_orders; of cases n_orders_dispatched, n_returned_cases; one row a period and group that has any
-- used by: questions hotline        index: those of _spanned.sql and _stepped.sql
{% from 'questions/_due.sql' import judged %}
{% from 'questions/_grouped.sql' import again, chosen, grouped %}
{% from 'questions/_happened.sql' import happened %}
{% from 'questions/_placed.sql' import within %}
{% from 'questions/_reported.sql' import reported %}
{% from 'questions/_signed.sql' import signed %}
{% from 'questions/_spanned.sql' import spanned %}
WITH signing AS (
  {{ signed(placement, period, keys, conditions) }}
), steps AS (
  {{ happened(placement, ['returned', 'evaluated'], period, keys, conditions) }}
), c AS (
  {{ judged(placement, by_handled, only_due, period, keys, conditions) }}
), tallied AS (
  SELECT {{ again(period, keys) }} 'dispatched' AS what, case_id, part FROM signing
  UNION ALL
  SELECT {{ again(period, keys) }} what, case_id, rating AS part FROM steps
  UNION ALL
  SELECT {{ again(period, keys) }} what, case_id, part FROM c
  UNION ALL
  SELECT
    {{ chosen(period, 'p.reported_at', keys) }}
    'reported' AS what,
    p.case_id,
    CASE WHEN p.is_duplicate THEN 'duplicate' END AS part
  FROM (
    {{ reported(placement) }}
  ) AS p
  WHERE TRUE
  {{ within(conditions) }}
  UNION ALL
  SELECT
    {{ chosen(period, 'p.to_at', keys) }}
    'closed' AS what,
    p.case_id,
    CASE WHEN p.ended = 'closed' AND (p.next_at IS NULL OR p.next_at > :at) THEN 'solved' END AS part
  FROM (
    {{ spanned(placement) }}
      AND s.ended IN ('closed', 'forced_closed') AND s.to_at >= :since AND s.to_at < :until AND s.to_at <= :at
  ) AS p
  WHERE TRUE
  {{ within(conditions) }}
)
SELECT
  {{ again(period, keys) }}
  count(*) FILTER (WHERE what = 'dispatched' AND part IN ('in_time', 'late')) AS n_sign_due,
  count(*) FILTER (WHERE what = 'dispatched' AND part = 'in_time') AS n_signed_in_time,
  count(*) FILTER (WHERE what = 'due') AS n_due,
  count(*) FILTER (WHERE what = 'due' AND part = 'on_time') AS n_on_time,
  count(*) FILTER (WHERE what = 'closed') AS n_closed,
  count(*) FILTER (WHERE what = 'closed' AND part = 'solved') AS n_solved,
  count(*) FILTER (WHERE part IN ('dissatisfied', 'fair', 'satisfied', 'very_satisfied')) AS n_rated,
  count(*) FILTER (WHERE part = 'dissatisfied') AS n_dissatisfied,
  count(*) FILTER (WHERE part = 'fair') AS n_fair,
  count(*) FILTER (WHERE part = 'satisfied') AS n_satisfied,
  count(*) FILTER (WHERE part = 'very_satisfied') AS n_very_satisfied,
  count(*) FILTER (WHERE what = 'reported') AS n_reported,
  count(*) FILTER (WHERE what = 'reported' AND part = 'duplicate') AS n_duplicate_orders,
  count(DISTINCT case_id) FILTER (WHERE what = 'dispatched') AS n_orders_dispatched,
  count(DISTINCT case_id) FILTER (WHERE what = 'returned') AS n_returned_cases
FROM tallied
{{ grouped(period, keys) }}
