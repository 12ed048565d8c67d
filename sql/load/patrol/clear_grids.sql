-- clear_grids: what was done in the grids on a day, before it is summed anew
-- params : town_id, day_on
-- returns: nothing; rows taken out of grid_day
-- used by: store.patrols.replace_day        index: grid_day_pkey
DELETE FROM grid_day
WHERE town_id = :town_id AND day_on = :day_on
