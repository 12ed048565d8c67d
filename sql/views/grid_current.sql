-- grid_current: the grids valid today, for QGIS, psql and other programs
-- returns: one row a grid: town, layer, level, level_code, code, name, kind, parent_code, area_m2, geom (EPSG:4326)
-- used by: people; the questions read the tables
CREATE VIEW grid_current WITH (security_invoker = TRUE) AS
SELECT
  g.id,
  t.code AS town,
  ly.code AS layer,
  g.level,
  lv.code AS level_code,
  g.code,
  g.name,
  g.kind,
  up.code AS parent_code,
  g.area_m2,
  g.geom
FROM grid AS g
JOIN grid_set AS gs ON gs.id = g.set_id
JOIN town AS t ON t.id = g.town_id
JOIN layer AS ly ON ly.id = g.layer_id
LEFT JOIN grid_level AS lv ON lv.layer_id = g.layer_id AND lv.level = g.level
LEFT JOIN grid AS up ON up.id = g.parent_id
WHERE
  coalesce(gs.valid_from, '-infinity') <= CAST(now() AT TIME ZONE t.time_zone AS date)
  AND coalesce(gs.valid_to, 'infinity') > CAST(now() AT TIME ZONE t.time_zone AS date);
