-- keep_room: of what the flat rows tell, what the delivered histories leave room for
-- params : none
-- returns: temporary table now_told: case_id, at, seq, event, day_only
-- used by: store.ledger, before row_facts
CREATE TEMPORARY TABLE now_told ON COMMIT DROP AS
SELECT t.case_id, t.at, t.seq, t.event, t.day_only
FROM told AS t
JOIN room AS r ON r.case_id = t.case_id AND r.seq = t.seq
UNION ALL
SELECT t.case_id, t.at, t.seq, t.event, t.day_only
FROM told AS t
LEFT JOIN followed AS f ON f.case_id = t.case_id
WHERE f.case_id IS NULL
