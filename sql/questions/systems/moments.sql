-- systems/moments: how far each load of the systems reached
-- params : town_id, at
-- returns: source_id, reached_at (latest instant in the file of a load); one row a system and instant, in no order
-- used by: questions systems        index: load_run_town_id_started_at_idx
SELECT DISTINCT
  r.source_id,
  r.newest_at AS reached_at
FROM load_run AS r
WHERE r.town_id = :town_id AND r.status = 'done' AND r.newest_at <= :at
