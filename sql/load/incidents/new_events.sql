-- new_events: the short ledger of the cases that a staged file makes: reported, the state last told of, the end
-- params : run_id, first_id (see next_id)
-- returns: nothing; new rows in case_event
-- used by: store.cases, after insert        index: case_record_pkey
-- Read from the cases just made rather than from the stage: they are in memory, and no join is needed.
INSERT INTO case_event (case_id, at, seq, event, day_only, load_run_id)
SELECT id, reported_at, 1, 'reported', day_only & 1 <> 0, load_run_id
FROM case_record
WHERE id >= :first_id AND load_run_id = :run_id
UNION ALL
SELECT id, greatest(updated_at, reported_at), 2, state, FALSE, load_run_id
FROM case_record
WHERE id >= :first_id AND load_run_id = :run_id AND closed_at IS NULL AND state <> 'reported'
UNION ALL
SELECT id, closed_at, 3, state, day_only & 2 <> 0, load_run_id
FROM case_record
WHERE id >= :first_id AND load_run_id = :run_id AND closed_at IS NOT NULL
