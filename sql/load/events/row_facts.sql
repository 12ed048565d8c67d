-- row_facts: the short ledgers of the cases told of, told anew: what no longer holds or is delivered is retired, new facts come
-- params : run_id
-- returns: nothing; rows of case_event retired, new ones appended
-- used by: store.ledger, after keep_room        index: case_event_case_id_at_idx
WITH retired AS (
  UPDATE case_event AS old
  SET retired_run_id = :run_id
  FROM touched AS c
  WHERE
    old.case_id = c.case_id AND old.basis = 'row' AND old.retired_run_id IS NULL
    AND NOT EXISTS (
      SELECT 1 FROM now_told AS n
      WHERE n.case_id = old.case_id AND n.at = old.at AND n.event = old.event AND n.day_only = old.day_only
    )
)
INSERT INTO case_event (case_id, at, seq, event, day_only, basis, load_run_id)
SELECT n.case_id, n.at, n.seq, n.event, n.day_only, 'row', :run_id
FROM now_told AS n
WHERE NOT EXISTS (
  SELECT 1 FROM case_event AS old
  WHERE
    old.case_id = n.case_id AND old.at = n.at AND old.event = n.event AND old.day_only = n.day_only
    AND old.basis = 'row' AND old.retired_run_id IS NULL
)
