-- replace: events that a new wording replaces are retired
-- params : run_id
-- returns: nothing; rows of case_event retired
-- used by: store.ledger, before insert
UPDATE case_event AS e
SET retired_run_id = :run_id
FROM verdict AS v
WHERE
  v.replaces IS NOT NULL AND e.ctid = v.replaces
  AND NOT EXISTS (SELECT 1 FROM refused AS r WHERE r.row_no = v.row_no)
