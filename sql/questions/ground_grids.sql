-- ground_grids: the grids of a version that cells are kept of, each with the grid of a level that it lies in
-- params : set_id, level, scope_ids (null = all)
-- returns: id, code, grid_id (the one of the level; null = it lies above), due_m2 (null = no map is loaded), land_m2
-- used by: questions.watched        index: grid_ground_set_id_idx
SELECT
  g.id,
  g.code,
  g.path[CAST(:level AS integer) + 1] AS grid_id,
  w.due_m2,
  w.land_m2
FROM grid_ground AS w
JOIN grid AS g ON g.id = w.grid_id
WHERE
  w.set_id = :set_id
  AND (CAST(:scope_ids AS integer[]) IS NULL OR g.path && CAST(:scope_ids AS integer[]))
ORDER BY g.id
