-- squads/territory: which grids of a version belong to a unit: those below the grids that its territory names
-- params : set_id, codes (null = all)
-- returns: id, code; one row a grid
-- used by: questions squads        index: grid_set_id_code_key
SELECT
  g.id,
  g.code
FROM grid AS g
WHERE
  g.set_id = :set_id
  AND (
    CAST(:codes AS text[]) IS NULL
    OR EXISTS (
      SELECT 1
      FROM grid AS above
      WHERE above.id = ANY(g.path) AND above.code = ANY(CAST(:codes AS text[]))
    )
  )
ORDER BY g.id
