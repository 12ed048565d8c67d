-- held: what a layer of a map holds, by kind
-- params : source_id, layer
-- returns: kind, n_features, km (of lines), km2 (of areas), n_without_width (of lines), by number
-- used by: store.maps        index: map_feature_source_id_layer_row_hash_key
SELECT
  kind,
  count(*) AS n_features,
  sum(ST_Length(geom::geography)) FILTER (WHERE ST_Dimension(geom) = 1) / 1e3 AS km,
  sum(ST_Area(geom::geography)) FILTER (WHERE ST_Dimension(geom) = 2) / 1e6 AS km2,
  count(*) FILTER (WHERE ST_Dimension(geom) = 1 AND width_m IS NULL) AS n_without_width
FROM map_feature
WHERE source_id = :source_id AND layer = :layer
GROUP BY kind
ORDER BY n_features DESC, kind
