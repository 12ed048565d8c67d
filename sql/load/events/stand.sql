-- stand: the delivered events that stand, of the cases touched
-- params : events (codes in the order of the process)
-- returns: temporary table standing: place (ctid), case_id, track, at, seq, event (number; -1 = the process no longer knows it),
--          is_day, unit_id, event_no, row_hash, load_run_id
-- used by: store.ledger        index: case_event_case_id_at_idx
CREATE TEMPORARY TABLE standing ON COMMIT DROP AS
SELECT
  e.ctid AS place,
  e.case_id,
  t.track,
  e.at,
  e.seq,
  CAST(coalesce(array_position(CAST(:events AS text[]), e.event) - 1, -1) AS smallint) AS event,
  e.day_only AS is_day,
  e.unit_id,
  e.event_no,
  e.row_hash,
  e.load_run_id
FROM touched AS t
JOIN case_event AS e ON e.case_id = t.case_id
WHERE t.has_history AND e.basis = 'event' AND e.retired_run_id IS NULL
