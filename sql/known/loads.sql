-- loads: the loads that were finished then, in front of those there are
-- names  : columns (fragment: those of the table)
-- params : none
-- returns: temporary view load_run
-- used by: store.known
CREATE TEMPORARY VIEW load_run WITH (security_invoker = TRUE) AS
SELECT {{ columns }}
FROM gridgov.load_run AS stands
WHERE stands.status = 'done' AND NOT EXISTS (SELECT 1 FROM later_run AS l WHERE l.run_id = stands.id)
