-- patrol_integrity/above: the code of the grid that some grids lie in, on a level
-- params : ids, level (null = the grids themselves)
-- returns: id, code; one row a grid that lies that deep
-- used by: questions patrol_integrity        index: grid_pkey
SELECT g.id, up.code
FROM grid AS g
JOIN grid AS up ON up.id = g.path[coalesce(CAST(:level AS integer) + 1, array_length(g.path, 1))]
WHERE g.id = ANY(:ids)
