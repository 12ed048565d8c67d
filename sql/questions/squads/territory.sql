-- squads/territory: which grids of a version belong to a unit: those below the grids that its territory names
-- params : set_id, codes (null = all)
-- returns: id, code; one row a grid that cells are kept of
-- used by: questions squads        index: grid_ground_set_id_idx
SELECT
  g.id,
  g.code
FROM grid_ground AS w
JOIN grid AS g ON g.id = w.grid_id
WHERE
  w.set_id = :set_id
  AND (
    CAST(:codes AS text[]) IS NULL
    OR EXISTS (
      SELECT 1
      FROM grid AS above
      WHERE above.id = ANY(g.path) AND above.code = ANY(CAST(:codes AS text[]))
    )
  )
ORDER BY g.id
