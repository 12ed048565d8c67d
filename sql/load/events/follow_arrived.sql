-- follow_arrived: the cases that a staged file tells of
-- params : none
-- returns: temporary table followed: case_id
-- used by: store.ledger, after arrive
CREATE TEMPORARY TABLE followed ON COMMIT DROP AS
SELECT DISTINCT case_id
FROM arrived
WHERE case_id IS NOT NULL
