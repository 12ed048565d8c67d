-- patrol_integrity/first_days: the first day of each device
-- params : town_id
-- returns: tracker_id, day (since 1970-01-01); one row a device with a session
-- used by: questions patrol_integrity        index: patrol_session_tracker_id_begin_at_idx
SELECT
  t.id AS tracker_id,
  s.day_on - date '1970-01-01' AS day
FROM tracker AS t
CROSS JOIN
  LATERAL (
    SELECT p.day_on
    FROM patrol_session AS p
    WHERE p.tracker_id = t.id
    ORDER BY p.begin_at
    LIMIT 1
  ) AS s
WHERE t.town_id = :town_id
