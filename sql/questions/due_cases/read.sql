-- due_cases: the due cohort of a period, case by case, as it stood at an instant
-- names  : placement, by_handled, only_due, conditions, counted (TRUE: only how many there are)
-- params : town_id, zone, since, until (timestamptz, until excluded), at; limit, offset; and those of the conditions
-- returns: one row a case, the longest past its deadline first: case_no, source, reported_at, due_at, answered_at (null: not
--          by :at), part, state, late_s (seconds past the deadline; null of cases that were not late), and what it is asked by; or n
-- used by: questions due_cases        index: those of _spanned.sql on due_at and from_at
{% from 'questions/_placed.sql' import within %}
{% from 'questions/_due.sql' import due %}
WITH p AS (
  SELECT
    d.*,
    CASE
      WHEN d.part IN ('late_closed', 'overdue_open', 'exempt')
        THEN CAST(extract(EPOCH FROM least(coalesce(d.answered_at, :at), :at) - d.due_at) AS double precision)
    END AS late_s
  FROM (
    {{ due(placement, by_handled, only_due) }}
  ) AS d
  WHERE d.part <> 'out'
)
{% if counted %}
SELECT count(*) AS n
{% else %}
SELECT
  p.case_no,
  p.source,
  p.reported_at,
  p.due_at,
  CASE WHEN p.answered_at <= :at THEN p.answered_at END AS answered_at,
  p.part,
  p.event AS state,
  p.late_s,
  p.track,
  p.is_urgent,
  p.channel,
  p.category,
  p.subcategory,
  p.description,
  p.address,
  p.place_name,
  p.placed AS place_status,
  g.code AS grid_code,
  g.name AS grid_name,
  p.unit,
  p.line
{% endif %}
FROM p
CROSS JOIN LATERAL (SELECT p.event) AS was
{% if not counted %}
LEFT JOIN grid AS g ON g.id = p.path[cardinality(p.path)]
{% endif %}
WHERE TRUE
{{ within(conditions) }}
{% if not counted %}
ORDER BY p.late_s DESC NULLS LAST, p.due_at, p.case_no, p.source
LIMIT :limit OFFSET :offset
{% endif %}
