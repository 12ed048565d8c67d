-- other_grids: the grid of each changed case in the layers and versions that are not its home
-- names  : stage (table), sets (ids of those versions)
-- params : source_id, run_id
-- returns: nothing; rows of the changed cases in case_grid made anew
-- used by: store.cases, outside the bulk window: it looks cases up by number
INSERT INTO case_grid (set_id, case_id, grid_id)
SELECT placed.set_id, c.id, placed.grid_id
FROM {{ stage | identifier }} AS s
LEFT JOIN verdict AS v ON v.row_no = s.row_no
JOIN case_record AS c ON c.source_id = :source_id AND c.case_no = s.case_no AND c.load_run_id = :run_id
CROSS JOIN LATERAL (
  VALUES
  {% for set_id in sets %}
    ({{ set_id }}, s.set_{{ set_id }}){{ ',' if not loop.last }}
  {% endfor %}
) AS placed (set_id, grid_id)
WHERE (v.row_no IS NULL OR v.is_last) AND placed.grid_id IS NOT NULL
