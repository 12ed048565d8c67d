-- row_facts: the short ledgers of the cases told of, told anew: what no longer holds or is delivered is retired, new facts come
-- params : run_id
-- returns: nothing; rows of case_event retired, new ones appended
-- used by: store.ledger        index: case_event_case_id_at_idx
WITH now_told AS (
  SELECT t.case_id, t.at, t.seq, t.event, t.day_only
  FROM told AS t
  LEFT JOIN followed AS f ON f.case_id = t.case_id
  LEFT JOIN room AS r ON r.case_id = t.case_id AND r.seq = t.seq
  WHERE f.case_id IS NULL OR r.case_id IS NOT NULL
), before AS (
  SELECT old.ctid AS place, old.case_id, old.at, old.event, old.day_only
  FROM case_event AS old
  JOIN told AS t ON t.case_id = old.case_id AND t.seq = 0
  WHERE old.basis = 'row' AND old.retired_run_id IS NULL
), retired AS (
  UPDATE case_event AS old
  SET retired_run_id = :run_id
  FROM before AS b
  WHERE
    old.ctid = b.place
    AND NOT EXISTS (
      SELECT 1 FROM now_told AS n
      WHERE n.case_id = b.case_id AND n.at = b.at AND n.event = b.event AND n.day_only = b.day_only
    )
)
INSERT INTO case_event (case_id, at, seq, event, day_only, basis, load_run_id)
SELECT n.case_id, n.at, n.seq, n.event, n.day_only, 'row', :run_id
FROM now_told AS n
WHERE NOT EXISTS (
  SELECT 1 FROM before AS b
  WHERE b.case_id = n.case_id AND b.at = n.at AND b.event = n.event AND b.day_only = n.day_only
)
