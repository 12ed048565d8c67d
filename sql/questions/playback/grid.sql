-- grid: the outline of a grid in the version shown
-- params : set_id, scope_ids
-- returns: geom (WKB, EPSG:4326); one row, none where the version has no such grid
-- used by: questions playback
SELECT ST_AsBinary(geom) AS geom
FROM grid
WHERE set_id = :set_id AND id = ANY(CAST(:scope_ids AS integer[]))
