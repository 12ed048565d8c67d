-- keep_room: of what the flat rows tell, what the delivered histories leave room for
-- params : none
-- returns: temporary table now_told: case_id, at, seq, event, day_only
-- used by: store.ledger, before row_facts
CREATE TEMPORARY TABLE now_told ON COMMIT DROP AS
SELECT t.case_id, t.reported_at AS at, CAST(0 AS real) AS seq, 'reported' AS event, t.reported_is_day AS day_only
FROM touched AS t
LEFT JOIN room AS r ON r.case_id = t.case_id AND r.seq = 0
WHERE NOT t.has_history OR r.case_id IS NOT NULL
UNION ALL
SELECT t.case_id, t.last_at, t.last_seq, t.last_state, t.last_is_day
FROM touched AS t
LEFT JOIN room AS r ON r.case_id = t.case_id AND r.seq = t.last_seq
WHERE t.last_at IS NOT NULL AND (NOT t.has_history OR r.case_id IS NOT NULL)
