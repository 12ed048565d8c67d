-- overrule: what stood and gave way to a longer course is retired
-- params : run_id
-- returns: nothing; rows of case_event retired
-- used by: store.ledger, after restore and before insert
UPDATE case_event AS e
SET retired_run_id = :run_id
FROM dropped AS d
JOIN standing AS st ON st.case_id = d.case_id AND st.at = d.at AND st.seq = d.seq AND st.event = d.event
WHERE e.ctid = st.place
