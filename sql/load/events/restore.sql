-- restore: what stands again, or at another place of its day, is said anew
-- params : run_id
-- returns: nothing; new rows in case_event
-- used by: store.ledger, before overrule, which gives rows another place (ctid)
INSERT INTO case_event (
  case_id, at, seq, event, day_only, basis, unit_id, event_no, actor, reason, due_at, detail, row_hash, load_run_id
)
SELECT
  e.case_id,
  said.at,
  said.seq,
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
  :run_id
FROM (
  SELECT o.place, r.at, r.seq
  FROM restored AS r
  JOIN overruled AS o ON o.row_no = r.row_no
  UNION ALL
  SELECT st.place, m.at, m.seq
  FROM moved AS m
  JOIN standing AS st ON st.case_id = m.case_id AND st.at = m.was_at AND st.seq = m.was_seq AND st.event = m.event
) AS said
JOIN case_event AS e ON e.ctid = said.place
