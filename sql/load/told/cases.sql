-- cases: the cases with a place that were reported in a time
-- params : town_id, since, until (timestamptz, until excluded)
-- returns: id, at (seconds since 1970 UTC), lon, lat, worker_id (-1 = not told by a worker with tracks, or only on which day)
-- used by: store.told        index: case_record_town_id_reported_at_closed_at_idx
WITH told AS MATERIALIZED (
  SELECT id, reported_at, geom, reporter, channel_id, day_only
  FROM case_record
  WHERE town_id = :town_id AND reported_at >= :since AND reported_at < :until AND geom IS NOT NULL
)
SELECT
  t.id,
  CAST(extract(EPOCH FROM t.reported_at) AS double precision) AS at,
  ST_X(t.geom) AS lon,
  ST_Y(t.geom) AS lat,
  coalesce(w.id, -1) AS worker_id
FROM told AS t
LEFT JOIN channel AS ch ON ch.id = t.channel_id AND ch.code = 'worker'
LEFT JOIN worker AS w ON w.town_id = :town_id AND w.code = t.reporter AND ch.id IS NOT NULL AND t.day_only & 1 = 0
ORDER BY t.id
