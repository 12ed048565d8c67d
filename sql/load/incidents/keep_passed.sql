-- keep_passed: rows of the file that a later row of the same file replaced
-- names  : stage (table)
-- params : run_id; item_ids, unit_ids, line_ids, channel_ids (see words)
-- returns: nothing; new rows in case_revision
-- used by: store.cases, after insert and update
-- Each update leaves the row before it behind. What the first one leaves of a known case is the known row: see keep_replaced.
WITH step AS (
  SELECT
    case_no,
    before_row,
    known_id IS NOT NULL AND row_number() OVER (PARTITION BY case_no ORDER BY place) = 1 AS leaves_the_known
  FROM verdict
  WHERE outcome = 'updated'
)
INSERT INTO case_revision (case_id, load_run_id, replaced)
SELECT
  last_row.case_id,
  :run_id,
  to_jsonb(s) || jsonb_build_object(
    {% for kind in ('item', 'unit', 'line', 'channel') %}
    '{{ kind }}_id', (CAST(:{{ kind }}_ids AS integer[]))[s.{{ kind }}_word]{{ ',' if not loop.last }}
    {% endfor %}
  )
FROM step
JOIN verdict AS last_row ON last_row.case_no = step.case_no AND last_row.is_last
JOIN {{ stage | identifier }} AS s ON s.row_no = step.before_row
WHERE NOT step.leaves_the_known
