-- rehome: stretches and steps follow their cases into the grids those were located in anew
-- names  : table
-- params : town_id
-- returns: nothing; changed rows
-- used by: store.rollups.rehome
UPDATE {{ table | identifier }} AS s
SET grid_id = c.grid_id, is_located = c.geom IS NOT NULL
FROM case_record AS c
WHERE c.id = s.case_id AND c.town_id = :town_id AND s.grid_id IS DISTINCT FROM c.grid_id
