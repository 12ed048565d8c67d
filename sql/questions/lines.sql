-- lines: the lines of the sessions of a window of days
-- params : town_id, since_on, until_on (days, both inclusive), west, south, east, north (box that they meet, degrees)
-- returns: day (days since 1970-01-01), geom (WKB LineString M, EPSG:4326); one row a session that has a line
-- used by: questions.lines        index: patrol_session_town_id_day_on_idx
SELECT
  s.day_on - date '1970-01-01' AS day,
  ST_AsBinary(s.geom) AS geom
FROM patrol_session AS s
WHERE
  s.town_id = :town_id AND s.day_on BETWEEN :since_on AND :until_on
  AND s.geom && ST_MakeEnvelope(:west, :south, :east, :north, 4326)
ORDER BY s.begin_at, s.id
