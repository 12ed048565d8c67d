-- gave_way: what stood and gave way to a longer course
-- params : none
-- returns: case_no, event (number), at; one row an event, by case and time
-- used by: store.ledger
SELECT
  c.case_no,
  d.event,
  d.at
FROM dropped AS d
JOIN case_record AS c ON c.id = d.case_id
LEFT JOIN moved AS m ON m.case_id = d.case_id AND m.was_at = d.at AND m.was_seq = d.seq AND m.event = d.event
WHERE m.case_id IS NULL
ORDER BY c.case_no, d.at
