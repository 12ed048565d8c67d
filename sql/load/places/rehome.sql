-- rehome: a place takes the grid it was located in anew
-- params : id, grid_id
-- returns: nothing
-- used by: store.gazetteer
UPDATE place SET grid_id = :grid_id WHERE id = :id
