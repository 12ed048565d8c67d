-- records: the rows of the cases told of later, as they stood then; those first told of later have none
-- names  : columns (fragment: those of case_record)
-- params : none
-- returns: nothing; rows of known_case_record
-- used by: store.known, after retold        index: case_record_pkey, case_revision_case_id_idx
-- What the first later load replaced is what stood before it. A row that was replaced within one file never stood.
INSERT INTO known_case_record ({{ columns }})
WITH replaced AS (
  SELECT DISTINCT ON (r.case_id)
    r.case_id,
    r.replaced
  FROM retold AS t
  JOIN gridgov.case_revision AS r ON r.case_id = t.case_id
  JOIN gridgov.load_run AS l ON l.id = r.load_run_id
  WHERE r.replaced ? 'load_run_id' AND r.load_run_id IN (SELECT run_id FROM later_run)
  ORDER BY r.case_id, l.finished_at
), changed AS (
  SELECT
    c AS now,
    r.replaced
  FROM replaced AS r
  JOIN gridgov.case_record AS c ON c.id = r.case_id
  WHERE c.load_run_id IN (SELECT run_id FROM later_run)
)
SELECT {{ columns }}
FROM gridgov.case_record
WHERE id IN (SELECT case_id FROM retold) AND load_run_id NOT IN (SELECT run_id FROM later_run)
UNION ALL
SELECT {{ columns }}
FROM changed
CROSS JOIN jsonb_populate_record(changed.now, changed.replaced) AS was
WHERE was.load_run_id NOT IN (SELECT run_id FROM later_run)
