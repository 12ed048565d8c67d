-- replace: events that a new wording replaces are retired
-- params : run_id
-- returns: nothing; rows of case_event retired
-- used by: store.ledger, after decide and before insert
UPDATE case_event AS e
SET retired_run_id = :run_id
FROM fate AS f
WHERE f.is_in AND f.replaces IS NOT NULL AND e.ctid = f.replaces
