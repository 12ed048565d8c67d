-- patrol_integrity/names: the pseudonyms of some workers and devices
-- params : town_id
-- returns: kind ('worker', 'device'), id, name
-- used by: questions patrol_integrity        index: worker_town_id_code_key
SELECT 'worker' AS kind, id, code AS name
FROM worker
WHERE town_id = :town_id
UNION ALL
SELECT 'device' AS kind, id, device AS name
FROM tracker
WHERE town_id = :town_id
