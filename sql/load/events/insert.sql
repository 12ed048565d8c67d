-- insert: the staged events that are new or say an event anew; what a later line of the file replaces is retired at once
-- params : run_id, events (codes in the order of the process)
-- returns: nothing; new rows in case_event
-- used by: store.ledger, after replace
INSERT INTO case_event (
  case_id, at, seq, event, day_only, basis, unit_id, event_no, actor, reason, due_at, detail, row_hash, load_run_id,
  retired_run_id
)
SELECT
  a.case_id,
  coalesce(f.at, a.at),
  coalesce(f.seq, 1),
  (CAST(:events AS text[]))[a.event + 1],
  a.is_day,
  'event',
  a.unit_id,
  a.event_no,
  a.actor,
  a.reason,
  a.due_at,
  CAST(a.detail AS jsonb),
  a.row_hash,
  :run_id,
  CASE WHEN f.is_passed THEN :run_id END
FROM arrived AS a
LEFT JOIN fate AS f ON f.row_no = a.row_no
WHERE f.row_no IS NULL OR f.is_in
