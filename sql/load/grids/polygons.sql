-- polygons: the grids that points are located in, in the order of the tie rule
-- params : set_id
-- returns: id, code, geom (WKB, EPSG:4326), one row a given grid
-- used by: store.grids        index: grid_set_id_code_key
SELECT
  id,
  code,
  ST_AsBinary(geom) AS geom
FROM grid
WHERE set_id = :set_id AND is_given
ORDER BY level DESC, code
