-- other_grids: the grid of each changed case in the layers and versions that are not its home
-- names  : stage (table), sets (ids of those versions)
-- params : none
-- returns: nothing; rows of the changed cases in case_grid made anew
-- used by: pipelines.incidents
WITH gone AS (
  DELETE FROM case_grid AS cg
  USING verdict AS v
  WHERE v.is_last AND v.known_id IS NOT NULL AND cg.case_id = v.known_id
)
INSERT INTO case_grid (set_id, case_id, grid_id)
SELECT placed.set_id, v.case_id, placed.grid_id
FROM verdict AS v
JOIN {{ stage | identifier }} AS s ON s.row_no = v.row_no
CROSS JOIN LATERAL (
  VALUES
  {% for set_id in sets %}
    ({{ set_id }}, s.set_{{ set_id }}){{ ',' if not loop.last }}
  {% endfor %}
) AS placed (set_id, grid_id)
WHERE v.is_last AND placed.grid_id IS NOT NULL
