-- changed_events: the short ledger of the cases that a staged file changes
-- names  : stage (table)
-- params : run_id
-- returns: nothing; facts that no longer hold are retired, new ones appended to case_event
-- used by: store.cases, after update        index: case_event_case_id_at_idx
{% from 'load/incidents/_told.sql' import told %}
WITH now_told AS (
  SELECT v.case_id, e.at, e.seq, e.event, e.day_only
  FROM verdict AS v
  JOIN {{ stage | identifier }} AS s ON s.row_no = v.row_no
  CROSS JOIN LATERAL (
    {{ told() }}
  ) AS e (at, seq, event, day_only)
  WHERE v.is_last AND v.known_id IS NOT NULL AND e.at IS NOT NULL
), standing AS (
  SELECT old.ctid AS place, old.case_id, old.at, old.event, old.day_only
  FROM case_event AS old
  JOIN verdict AS v ON v.known_id = old.case_id
  WHERE v.is_last AND old.retired_run_id IS NULL
), retired AS (
  UPDATE case_event AS old
  SET retired_run_id = :run_id
  FROM standing
  WHERE
    old.ctid = standing.place
    AND NOT EXISTS (
      SELECT 1 FROM now_told AS n
      WHERE
        n.case_id = standing.case_id AND n.at = standing.at AND n.event = standing.event
        AND n.day_only = standing.day_only
    )
)
INSERT INTO case_event (case_id, at, seq, event, day_only, load_run_id)
SELECT n.case_id, n.at, n.seq, n.event, n.day_only, :run_id
FROM now_told AS n
WHERE NOT EXISTS (
  SELECT 1 FROM standing
  WHERE
    standing.case_id = n.case_id AND standing.at = n.at AND standing.event = n.event
    AND standing.day_only = n.day_only
)
