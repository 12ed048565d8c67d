-- level_grids: the grids of one level of a version, in scope
-- params : set_id, level, scope_ids (null = all)
-- returns: grid_code, grid_name, parent_code, level_code, geom (WKB, EPSG:4326); one row a grid
-- used by: questions.shaping
SELECT
  g.code AS grid_code,
  g.name AS grid_name,
  up.code AS parent_code,
  lv.code AS level_code,
  ST_AsBinary(g.geom) AS geom
FROM grid AS g
LEFT JOIN grid AS up ON up.id = g.parent_id
LEFT JOIN grid_level AS lv ON lv.layer_id = g.layer_id AND lv.level = g.level
WHERE
  g.set_id = :set_id AND g.level = :level
  AND (
    CAST(:scope_ids AS integer[]) IS NULL
    -- What lies below the scope, and what the scope lies in, so that a map never comes out empty.
    OR g.path && CAST(:scope_ids AS integer[])
    OR EXISTS (SELECT 1 FROM grid AS s WHERE s.id = ANY(:scope_ids) AND g.id = ANY(s.path))
  )
ORDER BY g.code
