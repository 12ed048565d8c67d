-- keep_revisions: what this load replaces, kept as it was: the known row of a case, and rows inside the file that a later one replaced
-- names  : stage (table)
-- params : run_id; item_ids, unit_ids, line_ids, channel_ids (see words)
-- returns: nothing; new rows in case_revision
-- used by: store.cases, before update
INSERT INTO case_revision (case_id, load_run_id, replaced)
SELECT c.id, :run_id, to_jsonb(c) - 'geom'
FROM verdict AS v
JOIN case_record AS c ON c.id = v.known_id
WHERE v.is_last
UNION ALL
SELECT
  last_row.case_id,
  :run_id,
  to_jsonb(s) || jsonb_build_object(
    {% for kind in ('item', 'unit', 'line', 'channel') %}
    '{{ kind }}_id', (CAST(:{{ kind }}_ids AS integer[]))[s.{{ kind }}_word]{{ ',' if not loop.last }}
    {% endfor %}
  )
FROM verdict AS v
JOIN verdict AS last_row ON last_row.case_no = v.case_no AND last_row.is_last
JOIN {{ stage | identifier }} AS s ON s.row_no = v.row_no
WHERE NOT v.is_last AND v.outcome IN ('loaded', 'updated')
