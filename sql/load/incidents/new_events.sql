-- new_events: the short ledger of the cases that a staged file makes: reported, the state last told of, the end
-- params : run_id, first_id (see next_id)
-- returns: nothing; new rows in case_event
-- used by: store.cases, after insert        index: case_record_pkey
-- Nothing else is known of a new case, so all it tells stands; for others see store.ledger.tell_anew.
-- Read from the cases just made rather than from the stage: they are in memory, and no join is needed.
INSERT INTO case_event (case_id, at, seq, event, day_only, basis, load_run_id)
SELECT id, reported_at, 0, 'reported', day_only & 1 <> 0, 'row', load_run_id
FROM case_record
WHERE id >= :first_id AND load_run_id = :run_id
UNION ALL
SELECT id, greatest(updated_at, reported_at), 9998, state, FALSE, 'row', load_run_id
FROM case_record
WHERE id >= :first_id AND load_run_id = :run_id AND closed_at IS NULL AND state <> 'reported'
UNION ALL
SELECT id, closed_at, 9999, state, day_only & 2 <> 0, 'row', load_run_id
FROM case_record
WHERE id >= :first_id AND load_run_id = :run_id AND closed_at IS NOT NULL
