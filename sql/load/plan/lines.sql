-- lines: the lines of the sessions of a day, and who carried what then
-- params : town_id, day_on
-- returns: geom (WKB LineString M, EPSG:4326), worker_id, tracker_id; one row a session that has a line
-- used by: store.walks        index: patrol_session_town_id_day_on_idx
SELECT ST_AsBinary(geom) AS geom, worker_id, tracker_id
FROM patrol_session
WHERE town_id = :town_id AND day_on = :day_on AND geom IS NOT NULL
ORDER BY begin_at, id
