-- grid_names: what some grids are called
-- params : ids
-- returns: grid_id, grid_code, grid_name, parent_code; one row a grid
-- used by: questions of patrols
SELECT
  g.id AS grid_id,
  g.code AS grid_code,
  g.name AS grid_name,
  up.code AS parent_code
FROM grid AS g
LEFT JOIN grid AS up ON up.id = g.parent_id
WHERE g.id = ANY(:ids)
