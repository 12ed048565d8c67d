-- drop_replays: which sessions of some trackers on some days show a way of a day before, before it is written anew
-- params : town_id, days, all_trackers (truth value), tracker_ids
-- returns: nothing; rows of the kind 'replay' taken out of patrol_finding
-- used by: store.findings        index: patrol_finding_town_id_day_on_idx
DELETE FROM patrol_finding
WHERE
  town_id = :town_id AND day_on = ANY(CAST(:days AS date[])) AND kind = 'replay'
  AND (:all_trackers OR tracker_id = ANY(CAST(:tracker_ids AS integer[])))
