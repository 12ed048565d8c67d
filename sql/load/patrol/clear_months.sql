-- clear_months: what was done in the grids in some months, before it is summed anew
-- params : town_id, months (first days)
-- returns: nothing; rows taken out of grid_month
-- used by: store.patrols.sum_months        index: grid_month_pkey
DELETE FROM grid_month
WHERE town_id = :town_id AND month_on = ANY(CAST(:months AS date[]))
