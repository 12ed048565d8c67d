-- patrol_integrity/far: reports from elsewhere than where the worker's device was at that instant, and of how many of his
--          Reports while no track runs are not compared.
-- params : town_id, since, until (timestamptz, until excluded), at, far_m (metres)
-- returns: worker_id, n (reports compared), n_far (of them farther than far_m), tracker_ids, reported_ats, case_nos, metres (of
--          those, in the order of time; null = none); one row a worker
-- used by: questions patrol_integrity        index: case_track_town_id_reported_at_idx, case_record_pkey
WITH told AS MATERIALIZED (
  SELECT worker_id, tracker_id, case_id, reported_at, apart_m
  FROM case_track
  WHERE
    town_id = :town_id AND reported_at >= :since AND reported_at < :until AND reported_at <= :at AND apart_m IS NOT NULL
), far AS (
  SELECT
    t.worker_id,
    array_agg(t.tracker_id ORDER BY t.reported_at, c.case_no) AS tracker_ids,
    array_agg(t.reported_at ORDER BY t.reported_at, c.case_no) AS reported_ats,
    array_agg(c.case_no ORDER BY t.reported_at, c.case_no) AS case_nos,
    array_agg(t.apart_m ORDER BY t.reported_at, c.case_no) AS metres
  FROM told AS t
  JOIN case_record AS c ON c.id = t.case_id
  WHERE t.apart_m > :far_m
  GROUP BY t.worker_id
), counted AS (
  SELECT worker_id, count(*) AS n, count(*) FILTER (WHERE apart_m > :far_m) AS n_far
  FROM told
  GROUP BY worker_id
)
SELECT n.worker_id, n.n, n.n_far, f.tracker_ids, f.reported_ats, f.case_nos, f.metres
FROM counted AS n
LEFT JOIN far AS f ON f.worker_id = n.worker_id
ORDER BY n.worker_id
