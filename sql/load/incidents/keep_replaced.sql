-- keep_replaced: the known rows that this load replaces, as they were
-- params : run_id
-- returns: nothing; new rows in case_revision
-- used by: store.cases, before update
INSERT INTO case_revision (case_id, load_run_id, replaced)
SELECT
  c.id,
  :run_id,
  to_jsonb(c) || jsonb_build_object('geom', CAST(c.geom AS text))
FROM verdict AS v
JOIN case_record AS c ON c.id = v.known_id
WHERE v.is_last
