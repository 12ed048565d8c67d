-- points: the places of a town that have coordinates
-- params : town_id
-- returns: id, lon, lat (EPSG:4326)
-- used by: store.gazetteer
SELECT
  id,
  ST_X(geom) AS lon,
  ST_Y(geom) AS lat
FROM place
WHERE town_id = :town_id AND geom IS NOT NULL
