-- clear_others: a town's rows of case_grid go, to be made anew
-- params : town_id
-- returns: nothing
-- used by: store.cases.replace_grids        index: case_grid_pkey
DELETE FROM case_grid
USING grid_set AS gs
WHERE gs.id = case_grid.set_id AND gs.town_id = :town_id
