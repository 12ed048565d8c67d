-- moved: cases whose home grid has another code than before, or that came into a grid or left all
-- names  : stage (table)
-- params : none
-- returns: n
-- used by: store.cases.replace_grids, before rehome
SELECT count(*) AS n
FROM case_record AS c
JOIN {{ stage | identifier }} AS s ON s.id = c.id
LEFT JOIN grid AS was ON was.id = c.grid_id
LEFT JOIN grid AS now_in ON now_in.id = s.grid_id
WHERE was.code IS DISTINCT FROM now_in.code
