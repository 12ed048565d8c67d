-- rehome: stretches follow their cases into the grids those were located in anew
-- params : town_id
-- returns: nothing; changed rows in case_span
-- used by: store.cases.replace_grids
UPDATE case_span AS s
SET grid_id = c.grid_id
FROM case_record AS c
WHERE c.id = s.case_id AND c.town_id = :town_id AND s.grid_id IS DISTINCT FROM c.grid_id
