-- patrol_integrity/shapes: the sketches of the sessions of some days
-- params : town_id, earliest_on, until_on (dates, both inclusive)
-- returns: tracker_id, worker_id, day_on, begin_at, places
-- used by: questions patrol_integrity        index: patrol_shape_town_id_day_on_idx
SELECT tracker_id, worker_id, day_on, begin_at, places
FROM patrol_shape
WHERE town_id = :town_id AND day_on BETWEEN :earliest_on AND :until_on
ORDER BY tracker_id, begin_at, end_at
