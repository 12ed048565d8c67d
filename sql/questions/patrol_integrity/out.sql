-- patrol_integrity/out: who was on the way when, with which device, and mostly in which grid
-- params : town_id, since_on, until_on (dates, both inclusive)
-- returns: worker_id, worker, tracker_id, device, source_id, day_on, grid_id (of most of the minutes; null = in none)
-- used by: questions patrol_integrity        index: patrol_session_town_id_day_on_idx
SELECT
  s.worker_id,
  w.code AS worker,
  s.tracker_id,
  t.device,
  s.source_id,
  s.day_on,
  (array_agg(s.grid_id ORDER BY s.minutes DESC))[1] AS grid_id
FROM patrol_session AS s
JOIN worker AS w ON w.id = s.worker_id
JOIN tracker AS t ON t.id = s.tracker_id
WHERE s.town_id = :town_id AND s.day_on BETWEEN :since_on AND :until_on
GROUP BY 1, 2, 3, 4, 5, 6
ORDER BY s.worker_id, s.day_on, s.tracker_id
