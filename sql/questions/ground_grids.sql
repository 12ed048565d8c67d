-- ground_grids: the grids of a version that cells are kept of, each with the grid of a level that it lies in
-- params : set_id, level, scope_ids (null = all)
-- returns: id, grid_id (the one of the level; null = it lies above), n_cells, n_due_cells (null = no map is loaded)
-- used by: questions.watched        index: grid_ground_set_id_idx
SELECT
  g.id,
  g.path[CAST(:level AS integer) + 1] AS grid_id,
  w.n_cells,
  w.n_due_cells
FROM grid_ground AS w
JOIN grid AS g ON g.id = w.grid_id
WHERE
  w.set_id = :set_id
  AND (CAST(:scope_ids AS integer[]) IS NULL OR g.path && CAST(:scope_ids AS integer[]))
ORDER BY g.id
