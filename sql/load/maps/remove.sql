-- remove: the features of a layer that its file has no more
-- names  : stage (table)
-- params : source_id, layer
-- returns: nothing; rows taken out of map_feature
-- used by: store.maps        index: map_feature_source_id_layer_row_hash_key
DELETE FROM map_feature AS f
WHERE
  f.source_id = :source_id AND f.layer = :layer
  AND NOT EXISTS (SELECT 1 FROM {{ stage | identifier }} AS s WHERE s.row_hash = f.row_hash)
