-- count: what becomes of the staged features of a layer; a feature that is there already is unchanged
-- names  : stage (table)
-- params : source_id, layer
-- returns: unchanged, loaded, duplicate (further rows of a feature that is loaded), one row
-- used by: store.maps        index: map_feature_source_id_layer_row_hash_key
SELECT
  count(*) FILTER (WHERE is_known) AS unchanged,
  count(*) FILTER (WHERE NOT is_known AND nth = 1) AS loaded,
  count(*) FILTER (WHERE NOT is_known AND nth > 1) AS duplicate
FROM (
  SELECT
    row_number() OVER (PARTITION BY s.row_hash ORDER BY s.row_no) AS nth,
    EXISTS (
      SELECT 1 FROM map_feature AS f
      WHERE f.source_id = :source_id AND f.layer = :layer AND f.row_hash = s.row_hash
    ) AS is_known
  FROM {{ stage | identifier }} AS s
) AS staged
