-- cases: the located cases reported in a stretch of time
-- params : town_id, since, until (timestamptz, until excluded), west, south, east, north (box, degrees)
-- returns: case_no, reported_at, category, channel, lon, lat; by time
-- used by: questions playback        index: case_record_town_id_reported_at_closed_at_idx
SELECT
  c.case_no,
  c.reported_at,
  i.category,
  ch.code AS channel,
  ST_X(c.geom) AS lon,
  ST_Y(c.geom) AS lat
FROM case_record AS c
LEFT JOIN item AS i ON i.id = c.item_id
LEFT JOIN channel AS ch ON ch.id = c.channel_id
WHERE
  c.town_id = :town_id AND c.reported_at >= :since AND c.reported_at < :until
  AND c.geom && ST_MakeEnvelope(:west, :south, :east, :north, 4326)
ORDER BY c.reported_at, c.case_no
