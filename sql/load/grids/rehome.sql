-- rehome: cases take the home grid they were located in anew
-- names  : stage (table)
-- params : none
-- returns: nothing; changed rows in case_record
-- used by: store.cases.replace_grids
UPDATE case_record AS c
SET grid_id = s.grid_id, place_status = s.place_status
FROM {{ stage | identifier }} AS s
WHERE c.id = s.id AND (c.grid_id, c.place_status) IS DISTINCT FROM (s.grid_id, s.place_status)
