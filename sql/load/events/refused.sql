-- refused: the staged events that cannot be taken, and why
-- params : none
-- returns: row_no, outcome (null = nobody knows the case; else see store.following), event, track, before, clash_event
--          (numbers), clash_at; one row an event, by line
-- used by: store.ledger
SELECT row_no, outcome, event, track, before, clash_event, clash_at
FROM refused
UNION ALL
SELECT row_no, NULL, NULL, NULL, NULL, NULL, NULL
FROM arrived
WHERE case_id IS NULL
ORDER BY row_no
