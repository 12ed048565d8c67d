-- cases: what the course needs of the cases followed, in parts, as arrays in the order of `place`
-- params : none
-- returns: part, case_id, reported_at, due_at, limit_value, codes (limit_unit, track, urgent, located: a number in 0-15 each,
--          one more than what `followed` holds), unit_id, grid_id, facet_id; one row a part
-- used by: store.rollups
SELECT
  part,
  array_agg(case_id ORDER BY place) AS case_id,
  array_agg(reported_at ORDER BY place) AS reported_at,
  array_agg(due_at ORDER BY place) AS due_at,
  array_agg(limit_value ORDER BY place) AS limit_value,
  array_agg((limit_unit + 1) + 16 * (track + 1) + 256 * (urgent + 1) + 4096 * (located + 1) ORDER BY place) AS codes,
  array_agg(unit_id ORDER BY place) AS unit_id,
  array_agg(grid_id ORDER BY place) AS grid_id,
  array_agg(facet_id ORDER BY place) AS facet_id
FROM followed
GROUP BY part
ORDER BY part
