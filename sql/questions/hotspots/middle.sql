-- hotspots/middle: the latitude of the middle of a version of grids
-- params : set_id
-- returns: lat (degrees; null where it has no shapes); one row
-- used by: questions hotspots
SELECT (ST_YMin(ST_Extent(geom)) + ST_YMax(ST_Extent(geom))) / 2 AS lat
FROM grid
WHERE set_id = :set_id AND level = 0
