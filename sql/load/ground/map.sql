-- map: roads and built-up land of a town in a box
-- params : town_id, west, south, east, north (degrees)
-- returns: geom (WKB, EPSG:4326), width_m (null = not known; lines of built-up land are left out)
-- used by: store.ground        index: map_feature_geom_idx
SELECT
  ST_AsBinary(geom) AS geom,
  width_m
FROM map_feature
WHERE
  town_id = :town_id
  AND geom && ST_MakeEnvelope(:west, :south, :east, :north, 4326)
  AND (theme = 'road' OR (theme = 'built_up' AND ST_Dimension(geom) = 2))
