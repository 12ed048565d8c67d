-- insert: the staged features that are not there yet, the first row of each
-- names  : stage (table)
-- params : town_id, source_id, layer, run_id
-- returns: nothing; rows in map_feature (geom EPSG:4326)
-- used by: store.maps        index: map_feature_source_id_layer_row_hash_key
INSERT INTO map_feature (town_id, source_id, layer, theme, kind, name, width_m, geom, row_hash, load_run_id)
SELECT
  :town_id, :source_id, :layer, s.theme, s.kind, s.name, s.width_m, ST_GeomFromWKB(s.geom, 4326), s.row_hash, :run_id
FROM (
  SELECT DISTINCT ON (row_hash) * FROM {{ stage | identifier }} ORDER BY row_hash, row_no
) AS s
ORDER BY s.row_no
ON CONFLICT (source_id, layer, row_hash) DO NOTHING
