{#
  Dispatches of a period and whether the unit signed for them in time: one row a dispatch, with its period if asked by periods,
  the keys, case_id, stage, stage_due_at, from_at (of the stretch it began) and part: in_time, late, no_limit, not_yet.
  Whoever signs within the second has no stretch that waits for it, and was in time.

  placement, conditions  as in _placed.sql            period, keys  as in _grouped.sql
  params                 since, until (timestamptz, until excluded), at
#}
{% from 'questions/_grouped.sql' import chosen %}
{% from 'questions/_placed.sql' import within %}
{% from 'questions/_spanned.sql' import spanned %}
{% set sent %}(
  SELECT l.*
  FROM case_step AS t
  CROSS JOIN LATERAL (
    SELECT b.*
    FROM case_span AS b
    WHERE b.case_id = t.case_id AND b.from_at = date_trunc('second', t.at)
    LIMIT 1
  ) AS l
  WHERE t.town_id = :town_id AND t.event = 'dispatched' AND t.at >= :since AND t.at < :until AND t.at <= :at
){% endset %}
{% macro signed(placement, period, keys, conditions) %}
SELECT
  d.*,
  CASE
    WHEN d.stage <> 'sign' THEN 'in_time'
    WHEN d.stage_due_at IS NULL THEN 'no_limit'
    WHEN g.gone_at <= d.stage_due_at THEN 'in_time'
    WHEN d.stage_due_at > :at THEN 'not_yet'
    ELSE 'late'
  END AS part
FROM (
  SELECT
    {{ chosen(period, 'p.from_at', keys) }}
    p.case_id,
    p.stage,
    p.stage_due_at,
    p.from_at
  FROM (
    {{ spanned(placement, sent) }}
  ) AS p
  WHERE TRUE
  {{ within(conditions) }}
) AS d
CROSS JOIN LATERAL (
  -- When the dispatch was answered: signed for, given back, or the case ended.
  SELECT
    least(
      min(l.from_at) FILTER (WHERE l.stage <> 'sign' AND l.from_at > d.from_at),
      min(l.to_at) FILTER (WHERE l.ended IS NOT NULL AND l.to_at <= :at)
    ) AS gone_at
  FROM case_span AS l
  WHERE l.case_id = d.case_id AND l.from_at >= d.from_at AND l.from_at <= :at
) AS g
{% endmacro %}
