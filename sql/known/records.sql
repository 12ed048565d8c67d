-- records: the rows of the cases told of later, as they stood then; those first told of later have none
-- params : none
-- returns: nothing; rows of known_case_record
-- used by: store.known, after retold        index: case_record_pkey, case_revision_case_id_idx
-- What the first later load replaced is what stood before it. A row that was replaced within one file never stood.
INSERT INTO known_case_record
SELECT c.*
FROM retold AS t
JOIN gridgov.case_record AS c ON c.id = t.case_id
WHERE c.load_run_id NOT IN (SELECT run_id FROM later_run)
UNION ALL
SELECT (jsonb_populate_record(c, first.replaced)).*
FROM retold AS t
JOIN gridgov.case_record AS c ON c.id = t.case_id
CROSS JOIN LATERAL (
  SELECT r.replaced
  FROM gridgov.case_revision AS r
  JOIN gridgov.load_run AS l ON l.id = r.load_run_id
  WHERE
    r.case_id = t.case_id AND r.replaced ? 'load_run_id'
    AND r.load_run_id IN (SELECT run_id FROM later_run)
  ORDER BY l.finished_at
  LIMIT 1
) AS first
WHERE
  c.load_run_id IN (SELECT run_id FROM later_run)
  AND CAST(first.replaced ->> 'load_run_id' AS integer) NOT IN (SELECT run_id FROM later_run)
