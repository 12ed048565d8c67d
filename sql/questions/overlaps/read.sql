-- overlaps: where grids of other layers lie in those of one level of the base layer
-- params : set_id (the version of the base layer shown), level, other_ids (versions of other layers, of which the finest grids
--          count), scope_ids (null = all)
-- returns: other_layer, other_code, other_name, other_geom, grid_code, grid_name, parent_code, grid_geom, geom (what both have);
--          shapes as WKB, EPSG:4326; one row a pair that overlap, borders that touch left out
-- used by: questions overlaps        index: grid_geom_idx
SELECT
  la.code AS other_layer,
  o.code AS other_code,
  o.name AS other_name,
  ST_AsBinary(o.geom) AS other_geom,
  g.code AS grid_code,
  g.name AS grid_name,
  up.code AS parent_code,
  ST_AsBinary(g.geom) AS grid_geom,
  ST_AsBinary(ST_CollectionExtract(ST_Intersection(o.geom, g.geom), 3)) AS geom
FROM grid AS o
JOIN layer AS la ON la.id = o.layer_id
JOIN grid AS g ON g.set_id = :set_id AND g.level = :level AND ST_Intersects(g.geom, o.geom)
LEFT JOIN grid AS up ON up.id = g.parent_id
WHERE
  o.set_id = ANY(CAST(:other_ids AS integer[]))
  AND (CAST(:scope_ids AS integer[]) IS NULL OR g.path && CAST(:scope_ids AS integer[]))
  AND NOT EXISTS (SELECT FROM grid AS below WHERE below.parent_id = o.id)
  AND NOT ST_Touches(g.geom, o.geom)
ORDER BY la.code, o.code, g.code
