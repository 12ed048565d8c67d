-- patrol_integrity/clock: how soon what workers solve on the spot is closed after their report, by reporter
-- The phone writes when it was reported, the platform when it was closed: a phone that is slow seems to wait, however quick.
-- params : town_id, since, until (timestamptz, until excluded), at, n_min
-- returns: worker_id, n, quick_s (seconds that the quickest tenth does not exceed), case_nos (five of them)
-- used by: questions patrol_integrity        index: case_record_town_id_reported_at_closed_at_idx
WITH told AS MATERIALIZED (
  -- Grouped by the name that the rows bear: joined first, the planner goes through all of them for each worker.
  SELECT
    c.reporter,
    count(*) AS n,
    percentile_cont(0.1) WITHIN GROUP (ORDER BY extract(EPOCH FROM c.closed_at - c.reported_at)) AS quick_s,
    (array_agg(c.case_no ORDER BY c.closed_at - c.reported_at))[1:5] AS case_nos
  FROM case_record AS c
  JOIN channel AS ch ON ch.id = c.channel_id AND ch.code = 'worker'
  WHERE
    c.town_id = :town_id AND c.reported_at >= :since AND c.reported_at < :until AND c.reported_at <= :at
    AND c.track = 'self_handled' AND c.day_only & 3 = 0 AND c.closed_at <= :at
  GROUP BY c.reporter
  HAVING count(*) >= :n_min
)
SELECT w.id AS worker_id, t.n, t.quick_s, t.case_nos
FROM told AS t
JOIN worker AS w ON w.town_id = :town_id AND w.code = t.reporter
ORDER BY w.id
