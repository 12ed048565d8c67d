-- patrol_integrity/found: what was written of each day with its tracks
-- params : town_id, since_on, until_on (dates, both inclusive)
-- returns: kind, tracker_id, worker_id, day_on, begin_at, earlier_at (of a replay, else null), measure, n
-- used by: questions patrol_integrity        index: patrol_finding_town_id_day_on_idx
SELECT kind, tracker_id, worker_id, day_on, begin_at, earlier_at, measure, n
FROM patrol_finding
WHERE town_id = :town_id AND day_on BETWEEN :since_on AND :until_on
ORDER BY day_on, tracker_id, begin_at, kind
