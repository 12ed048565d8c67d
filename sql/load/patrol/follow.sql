-- follow: how long each device had been silent when it began a day's sessions, and the session after that day, looked at anew
-- params : tracker_ids, day_on
-- returns: nothing; changed rows of patrol_session
-- used by: store.patrols.replace_day        index: patrol_session_tracker_id_begin_at_idx
WITH beginning AS (
  SELECT first.*
  FROM unnest(CAST(:tracker_ids AS integer [])) AS t (tracker_id)
  CROSS JOIN LATERAL (
    (
      SELECT s.id, s.tracker_id, s.worker_id, s.begin_at, s.end_at, s.cut
      FROM patrol_session AS s
      WHERE s.tracker_id = t.tracker_id AND s.day_on = :day_on
        AND s.begin_at >= CAST(:day_on AS date) - interval '3 days' AND s.begin_at < CAST(:day_on AS date) + interval '3 days'
      ORDER BY s.begin_at, s.end_at
      LIMIT 1
    )
    UNION ALL
    (
      SELECT s.id, s.tracker_id, s.worker_id, s.begin_at, s.end_at, s.cut
      FROM patrol_session AS s
      WHERE s.tracker_id = t.tracker_id AND s.day_on > :day_on AND s.begin_at >= CAST(:day_on AS date) - interval '1 day'
      ORDER BY s.begin_at, s.end_at
      LIMIT 1
    )
  ) AS first
), seen AS (
  SELECT
    b.id, extract(EPOCH FROM b.begin_at - before.end_at)::double precision AS gap_s,
    CASE
      WHEN before.end_at IS NULL THEN 'first'
      WHEN b.cut NOT IN ('first', 'silence', 'person') THEN b.cut
      WHEN before.worker_id <> b.worker_id THEN 'person'
      ELSE 'silence'
    END AS cut
  FROM beginning AS b
  LEFT JOIN LATERAL (
    SELECT s.end_at, s.worker_id
    FROM patrol_session AS s
    WHERE s.tracker_id = b.tracker_id AND (s.begin_at, s.end_at) < (b.begin_at, b.end_at)
    ORDER BY s.begin_at DESC, s.end_at DESC
    LIMIT 1
  ) AS before ON TRUE
)
UPDATE patrol_session AS s
SET gap_s = seen.gap_s, cut = seen.cut
FROM seen
WHERE s.id = seen.id AND (s.gap_s IS DISTINCT FROM seen.gap_s OR s.cut <> seen.cut)
