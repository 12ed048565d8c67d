-- checkpoint_current: the places that the plan of today wants visited (必巡点), for QGIS, psql and other programs
-- returns: one row a checkpoint: town, code, name, grid_code, visits_a_week (null = not said), geom (EPSG:4326)
-- used by: people; the questions read the tables
CREATE VIEW checkpoint_current WITH (security_invoker = TRUE) AS
SELECT
  p.id,
  t.code AS town,
  p.code,
  p.name,
  p.grid_code,
  p.visits_a_week,
  p.geom
FROM checkpoint AS p
JOIN town AS t ON t.id = p.town_id
WHERE
  coalesce(p.valid_from, '-infinity') <= CAST(now() AT TIME ZONE t.time_zone AS date)
  AND coalesce(p.valid_to, 'infinity') > CAST(now() AT TIME ZONE t.time_zone AS date);
