-- reopened: cases opened again in a period, beside the closings of the period
-- names, params: as rework_of_handled
-- returns: period_on if asked by periods, the keys, n_reopened (times), n_reopened_cases, n_closed (cases closed in the period,
--          whatever happened to them later); one row a period and group that has any
-- used by: questions reopened        index: those of _stepped.sql and of _spanned.sql on to_at
{% from 'questions/_grouped.sql' import again, chosen, grouped %}
{% from 'questions/_happened.sql' import happened %}
{% from 'questions/_placed.sql' import within %}
{% from 'questions/_spanned.sql' import spanned %}
WITH steps AS (
  {{ happened(placement, ['reopened'], period, keys, conditions) }}
), tallied AS (
  SELECT {{ again(period, keys) }} what, case_id FROM steps
  UNION ALL
  SELECT
    {{ chosen(period, 'p.to_at', keys) }}
    'closed' AS what,
    p.case_id
  FROM (
    {{ spanned(placement) }}
      AND s.ended IN ('closed', 'forced_closed') AND s.to_at >= :since AND s.to_at < :until AND s.to_at <= :at
  ) AS p
  WHERE TRUE
  {{ within(conditions) }}
)
SELECT
  {{ again(period, keys) }}
  count(*) FILTER (WHERE what = 'reopened') AS n_reopened,
  count(DISTINCT case_id) FILTER (WHERE what = 'reopened') AS n_reopened_cases,
  count(DISTINCT case_id) FILTER (WHERE what = 'closed') AS n_closed
FROM tallied
{{ grouped(period, keys) }}
