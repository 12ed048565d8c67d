-- follow: how long each device had been silent when it began a day's sessions, and the session after that day, looked at anew
-- params : tracker_ids, day_on
-- returns: nothing; changed rows of patrol_session
-- used by: store.patrols.replace_day        index: patrol_session_tracker_id_begin_at_idx
WITH touched AS (
  SELECT unnest(CAST(:tracker_ids AS integer ARRAY)) AS tracker_id
), of_day AS (
  SELECT s.*
  FROM touched AS t
  CROSS JOIN LATERAL (
    SELECT p.id, p.tracker_id, p.worker_id, p.begin_at, p.end_at, p.cut
    FROM patrol_session AS p
    WHERE
      p.tracker_id = t.tracker_id AND p.day_on = :day_on
      AND p.begin_at BETWEEN CAST(:day_on AS date) - interval '3 days' AND CAST(:day_on AS date) + interval '3 days'
    ORDER BY p.begin_at, p.end_at
    LIMIT 1
  ) AS s
), after_it AS (
  SELECT s.*
  FROM touched AS t
  CROSS JOIN LATERAL (
    SELECT p.id, p.tracker_id, p.worker_id, p.begin_at, p.end_at, p.cut
    FROM patrol_session AS p
    WHERE p.tracker_id = t.tracker_id AND p.day_on > :day_on AND p.begin_at >= CAST(:day_on AS date) - interval '1 day'
    ORDER BY p.begin_at, p.end_at
    LIMIT 1
  ) AS s
), beginning AS (
  SELECT * FROM of_day
  UNION ALL
  SELECT * FROM after_it
), seen AS (
  SELECT
    b.id, CAST(extract(EPOCH FROM b.begin_at - before.end_at) AS double precision) AS gap_s,
    CASE
      WHEN before.end_at IS NULL THEN 'first'
      WHEN b.cut NOT IN ('first', 'silence', 'person') THEN b.cut
      WHEN before.worker_id <> b.worker_id THEN 'person'
      ELSE 'silence'
    END AS cut
  FROM beginning AS b
  LEFT JOIN LATERAL (
    SELECT p.end_at, p.worker_id
    FROM patrol_session AS p
    WHERE p.tracker_id = b.tracker_id AND (p.begin_at, p.end_at) < (b.begin_at, b.end_at)
    ORDER BY p.begin_at DESC, p.end_at DESC
    LIMIT 1
  ) AS before ON TRUE
)
UPDATE patrol_session AS s
SET gap_s = seen.gap_s, cut = seen.cut
FROM seen
WHERE s.id = seen.id AND (s.gap_s IS DISTINCT FROM seen.gap_s OR s.cut <> seen.cut)
