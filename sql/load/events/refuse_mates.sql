-- refuse_mates: with an event that is refused, the lines before it that say the same event otherwise
-- params : none
-- returns: nothing; new rows in refused
-- used by: store.ledger
INSERT INTO refused (row_no, outcome, event, track, before, clash_event, clash_at)
SELECT m.row_no, r.outcome, r.event, r.track, r.before, r.clash_event, r.clash_at
FROM refused AS r
JOIN verdict AS v ON v.row_no = r.row_no
JOIN verdict AS m
  ON m.case_id = v.case_id AND m.key_hash = v.key_hash AND m.key_unit IS NOT DISTINCT FROM v.key_unit AND m.row_no <> v.row_no
WHERE m.outcome IN ('loaded', 'updated')
