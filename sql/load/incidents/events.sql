-- events: the short ledger of flat rows: reported, the state last told of, the end
-- names  : stage (table)
-- params : run_id
-- returns: nothing; facts that no longer hold are retired, new ones appended to case_event
-- used by: pipelines.incidents, after insert and update        index: case_event_case_id_at_idx
WITH told AS (
  SELECT
    v.case_id,
    v.known_id,
    e.at,
    e.seq,
    e.event,
    e.day_only
  FROM verdict AS v
  JOIN {{ stage | identifier }} AS s ON s.row_no = v.row_no
  CROSS JOIN LATERAL (
    VALUES
      (s.reported_at, CAST(1 AS smallint), 'reported', s.day_only & 1 <> 0),
      (
        CASE WHEN s.closed_at IS NULL AND s.state <> 'reported' THEN greatest(s.updated_at, s.reported_at) END,
        CAST(2 AS smallint), s.state, FALSE
      ),
      (s.closed_at, CAST(3 AS smallint), s.state, s.day_only & 2 <> 0)
  ) AS e (at, seq, event, day_only)
  WHERE v.is_last AND e.at IS NOT NULL
), retired AS (
  UPDATE case_event AS old
  SET retired_run_id = :run_id
  FROM verdict AS v
  WHERE
    v.is_last AND v.known_id IS NOT NULL AND old.case_id = v.known_id AND old.retired_run_id IS NULL
    AND NOT EXISTS (
      SELECT 1 FROM told
      WHERE told.case_id = old.case_id AND told.at = old.at AND told.event = old.event AND told.day_only = old.day_only
    )
)
INSERT INTO case_event (case_id, at, seq, event, day_only, load_run_id)
SELECT told.case_id, told.at, told.seq, told.event, told.day_only, :run_id
FROM told
WHERE
  told.known_id IS NULL
  OR NOT EXISTS (
    SELECT 1 FROM case_event AS old
    WHERE
      old.case_id = told.case_id AND old.at = told.at AND old.event = told.event AND old.day_only = told.day_only
      AND old.retired_run_id IS NULL
  )
ORDER BY told.case_id, told.at, told.seq
