-- node_times/stretches: the stretches of some cases until an instant
-- params : cases (bigint[]), at
-- returns: stage, unit (name; null = nobody answers); case_id, from_at, to_at (arrays as PostgreSQL sends them, element by
--          element the same stretch); one row a node and unit
-- used by: questions node_times        index: case_span_case_id_idx
SELECT
  s.stage,
  u.name AS unit,
  array_send(array_agg(s.case_id)) AS case_id,
  array_send(array_agg(s.from_at)) AS from_at,
  array_send(array_agg(s.to_at)) AS to_at
FROM case_span AS s
LEFT JOIN unit AS u ON u.id = s.unit_id
WHERE s.case_id = ANY(CAST(:cases AS bigint[])) AND s.to_at <= :at
GROUP BY s.stage, u.name
