-- events: the ledgers of those cases, as they stood then
-- params : none
-- returns: nothing; rows of known_case_event
-- used by: store.known, after records        index: case_event_case_id_at_idx
INSERT INTO known_case_event (
  case_id, at, seq, event, day_only, basis, unit_id, event_no, actor, reason, due_at, detail, row_hash, load_run_id,
  retired_run_id
)
SELECT
  e.case_id,
  e.at,
  e.seq,
  e.event,
  e.day_only,
  e.basis,
  e.unit_id,
  e.event_no,
  e.actor,
  e.reason,
  e.due_at,
  e.detail,
  e.row_hash,
  e.load_run_id,
  CASE WHEN e.retired_run_id NOT IN (SELECT run_id FROM later_run) THEN e.retired_run_id END
FROM known_case_record AS c
JOIN gridgov.case_event AS e ON e.case_id = c.id
WHERE e.load_run_id NOT IN (SELECT run_id FROM later_run)
