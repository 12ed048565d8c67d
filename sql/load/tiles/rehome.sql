-- rehome: what maps count follows its cases into the grids those were located in anew
-- params : town_id
-- returns: nothing; changed rows
-- used by: store.tiles.rehome
UPDATE case_pixel AS p
SET grid_id = c.grid_id
FROM case_record AS c
WHERE c.id = p.case_id AND p.town_id = :town_id AND p.grid_id IS DISTINCT FROM c.grid_id
