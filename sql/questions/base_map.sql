-- base_map: the roads, waters and built-up land of a town's own map
-- params : town_id
-- returns: theme, width_m (null = not known), geom (WKB, EPSG:4326)
-- used by: store.maps        index: map_feature_town_id_theme_idx
SELECT
  theme,
  width_m,
  ST_AsBinary(geom) AS geom
FROM map_feature
WHERE town_id = :town_id AND theme IN ('road', 'water', 'built_up')
