-- links: closings after which the same trouble was reported again in a period
-- names  : placement, conditions
-- params : town_id, zone, since, until (timestamptz, until excluded), at; and those of the conditions
-- returns: case_id, next_id (the first report after it), closed_at, again_at, unit (that answered at the closing); one row a closing
-- used by: questions repeat_places        index: closing_town_id_again_at_idx, case_span_case_id_idx
-- Conditions speak of the case that was closed.
{% from 'questions/_placed.sql' import within %}
{% from 'questions/_followed.sql' import state_of_p %}
{% from 'questions/_spanned.sql' import spanned %}
WITH again AS (
  SELECT
    case_id,
    next_id,
    closed_at,
    again_at
  FROM closing
  WHERE
    town_id = :town_id AND next_id IS NOT NULL
    AND again_at >= :since AND again_at < :until AND again_at <= :at
    AND (reopened_at IS NULL OR reopened_at > :at)
)
SELECT
  k.case_id,
  k.next_id,
  k.closed_at,
  k.again_at,
  p.unit
FROM again AS k
JOIN (
  {{ spanned(placement) }}
    AND s.ended IS NOT NULL AND (s.case_id, s.to_at) IN (SELECT a.case_id, a.closed_at FROM again AS a)
) AS p ON p.case_id = k.case_id AND p.to_at = k.closed_at
{{ state_of_p() }}
WHERE TRUE
{{ within(conditions) }}
