-- new_events: the short ledger of the cases that a staged file makes
-- names  : stage (table)
-- params : run_id
-- returns: nothing; new rows in case_event
-- used by: store.cases, after insert
{% from 'load/incidents/_told.sql' import told %}
INSERT INTO case_event (case_id, at, seq, event, day_only, load_run_id)
SELECT v.case_id, e.at, e.seq, e.event, e.day_only, :run_id
FROM verdict AS v
JOIN {{ stage | identifier }} AS s ON s.row_no = v.row_no
CROSS JOIN LATERAL (
  {{ told() }}
) AS e (at, seq, event, day_only)
WHERE v.is_last AND v.known_id IS NULL AND e.at IS NOT NULL
