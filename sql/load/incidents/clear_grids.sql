-- clear_grids: the changed cases leave the grids of the layers and versions that are not their home
-- params : none
-- returns: nothing; rows gone from case_grid
-- used by: store.cases, a statement before other_grids: one that deletes and inserts the same key breaks it
DELETE FROM case_grid AS cg
USING verdict AS v
WHERE v.is_last AND v.known_id IS NOT NULL AND cg.case_id = v.known_id
