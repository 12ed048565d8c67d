-- patrol_integrity/out: who was on the way when, with which device, and mostly in which grid; packed
-- params : town_id, since_on, until_on (dates, both inclusive)
-- returns: one row: worker_id, tracker_id, source_id, day (since 1970-01-01), grid_id (of most of the minutes; -1 = in none);
--          arrays by worker, day and device, null where there are none
-- used by: questions patrol_integrity        index: patrol_session_town_id_day_on_idx
WITH longest AS (
  SELECT DISTINCT ON (worker_id, day_on, tracker_id) worker_id, tracker_id, source_id, day_on, grid_id
  FROM patrol_session
  WHERE town_id = :town_id AND day_on BETWEEN :since_on AND :until_on
  ORDER BY worker_id, day_on, tracker_id, minutes DESC, grid_id
)
SELECT
  array_agg(worker_id) AS worker_id,
  array_agg(tracker_id) AS tracker_id,
  array_agg(source_id) AS source_id,
  array_agg(day_on - date '1970-01-01') AS day,
  array_agg(coalesce(grid_id, -1)) AS grid_id
FROM longest
