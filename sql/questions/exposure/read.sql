-- exposure: what the grids of a level hold: people, firms, roads, area to patrol
-- names  : none of its own
-- params : on (local date of the instant), set_id (the version shown), layer_id, level, scope_ids (null = all)
-- returns: one row a grid of the level: grid_code, grid_name, parent_code, level_code, area_km2, exposure, counted_on, n_grids,
--          n_uncounted (see _tree.sql), geom (WKB, EPSG:4326)
-- used by: questions exposure, and `per` of every question
{% from 'questions/_tree.sql' import grids_with_exposure %}
WITH {{ grids_with_exposure() }}
SELECT
  t.code AS grid_code,
  t.name AS grid_name,
  up.code AS parent_code,
  lv.code AS level_code,
  t.area_m2 / 1e6 AS area_km2,
  s.residents,
  s.households,
  s.firms,
  s.road_km,
  s.built_up_m2,
  s.patrollable_m2,
  s.counted_on,
  s.n_grids,
  s.n_uncounted,
  ST_AsBinary(g.geom) AS geom
FROM tree AS t
JOIN summed AS s ON s.id = t.id
JOIN grid AS g ON g.id = t.id
LEFT JOIN tree AS up ON up.id = t.parent_id
LEFT JOIN grid_level AS lv ON lv.layer_id = t.layer_id AND lv.level = t.level
WHERE
  t.level = :level
  AND (CAST(:scope_ids AS integer[]) IS NULL OR t.path && CAST(:scope_ids AS integer[]))
ORDER BY t.code
