-- workers_of: who carried some devices on a day, as it is known so far
-- params : town_id, day_on, tracker_ids
-- returns: worker_id
-- used by: pipelines.patrol_days        index: patrol_session_town_id_day_on_idx
SELECT DISTINCT worker_id
FROM patrol_session
WHERE town_id = :town_id AND day_on = :day_on AND tracker_id = ANY(CAST(:tracker_ids AS integer ARRAY))
