-- items: the catalogue without what later loads said
-- names  : columns (fragment: those of the table)
-- params : none
-- returns: temporary view item
-- used by: store.known
CREATE TEMPORARY VIEW item WITH (security_invoker = TRUE) AS
SELECT {{ columns }}
FROM gridgov.item AS stands
WHERE stands.load_run_id IS NULL OR NOT EXISTS (SELECT 1 FROM later_run AS l WHERE l.run_id = stands.load_run_id)
