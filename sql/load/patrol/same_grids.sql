-- same_grids: what was counted in the grids of a version is counted in those of the same code of the one in its place
-- Closed days are not counted anew; where a code is gone they keep a grid that there is no more.
-- names  : table (patrol_session, patrol_day, grid_day or grid_month)
-- params : town_id, set_id (of the version that goes), new_set_id
-- returns: nothing
-- used by: store.patrols.carry_over        index: grid_set_id_code_key
UPDATE {{ table }} AS t
SET grid_id = here.id
FROM grid AS gone
JOIN grid AS here ON here.set_id = :new_set_id AND here.code = gone.code
WHERE gone.set_id = :set_id AND t.grid_id = gone.id AND t.town_id = :town_id
