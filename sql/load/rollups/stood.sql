-- stood: the stretches that stand of the cases followed, in parts of whole cases, as arrays
-- names  : of (fragment: a table with part and case_id)
-- returns: part, case_id, from_at, to_at, next_at, unit_id, due_at, yellow_at, risk_at, exempt_at, flags (1 paused, 2 put off,
--          4 ended, 8 with being voided, 16 may be due, 32 located), grid_id, facet_id; -1 and -infinity stand for null; one row
--          a part, in no order
-- used by: store.marginals        index: case_span_case_id_idx
SELECT
  f.part,
  array_agg(s.case_id) AS case_id,
  array_agg(s.from_at) AS from_at,
  array_agg(coalesce(s.to_at, '-infinity')) AS to_at,
  array_agg(coalesce(s.next_at, '-infinity')) AS next_at,
  array_agg(coalesce(s.unit_id, -1)) AS unit_id,
  array_agg(coalesce(s.due_at, '-infinity')) AS due_at,
  array_agg(coalesce(s.yellow_at, '-infinity')) AS yellow_at,
  array_agg(coalesce(s.risk_at, '-infinity')) AS risk_at,
  array_agg(coalesce(s.exempt_at, '-infinity')) AS exempt_at,
  array_agg(
    CAST(s.is_paused AS integer) + 2 * CAST(s.is_put_off AS integer) + 4 * CAST(s.ended IS NOT NULL AS integer)
    + 8 * CAST(coalesce(s.ended = 'voided', FALSE) AS integer)
    + 16 * CAST(s.may_be_due AS integer)
    + 32 * CAST(s.is_located AS integer)
  ) AS flags,
  array_agg(coalesce(s.grid_id, -1)) AS grid_id,
  array_agg(s.facet_id) AS facet_id
FROM {{ of }} AS f
JOIN case_span AS s ON s.case_id = f.case_id
GROUP BY f.part
ORDER BY f.part
