-- roster_current: the posts of the grids as the newest roster has them today, for QGIS, psql and other programs
-- returns: one row a post and holder, or vacancy: town, layer, grid_code, grid_name, role, is_vacant, unit, posts_of_holder (how
--          many posts the holder has in this town; null = vacant or not said), since_on, until_on, geom (EPSG:4326)
-- used by: people; pseudonyms stay in the table
CREATE VIEW roster_current WITH (security_invoker = TRUE) AS
WITH today AS (
  SELECT
    p.*,
    t.code AS town,
    ly.code AS layer
  FROM roster AS p
  JOIN town AS t ON t.id = p.town_id
  JOIN layer AS ly ON ly.id = p.layer_id
  WHERE
    p.valid_from <= CAST(now() AT TIME ZONE t.time_zone AS date)
    AND coalesce(p.valid_to, 'infinity') > CAST(now() AT TIME ZONE t.time_zone AS date)
    AND coalesce(p.until_on, 'infinity') >= CAST(now() AT TIME ZONE t.time_zone AS date)
)
SELECT
  p.id,
  p.town,
  p.layer,
  p.grid_code,
  g.name AS grid_name,
  p.role,
  p.is_vacant,
  coalesce(u.name, p.unit_text) AS unit,
  CASE WHEN p.person IS NOT NULL THEN count(*) OVER (PARTITION BY p.town_id, p.person) END AS posts_of_holder,
  coalesce(p.since_on, p.valid_from) AS since_on,
  p.until_on,
  g.geom
FROM today AS p
LEFT JOIN unit AS u ON u.id = p.unit_id
LEFT JOIN grid_current AS g ON g.town = p.town AND g.layer = p.layer AND g.code = p.grid_code;
