-- follow_changed: those of the cases whose flat row changed that have a delivered history
-- names  : cases (fragment: a table with case_id)
-- params : none
-- returns: temporary table followed: case_id
-- used by: store.ledger, for loads of incidents        index: case_event_case_id_at_idx
CREATE TEMPORARY TABLE followed ON COMMIT DROP AS
SELECT DISTINCT changed.case_id
FROM {{ cases }} AS changed
JOIN case_event AS e ON e.case_id = changed.case_id
WHERE e.basis = 'event' AND e.retired_run_id IS NULL
