-- rehome: cases that stayed where they are lie in the grids there are now
-- params : none
-- returns: nothing; changed rows in known_case_record
-- used by: store.known, after records
-- Grids have versions of their own and are no matter of what a ledger knew; one replaced since has no rows any more.
UPDATE known_case_record AS k
SET
  grid_id = c.grid_id,
  place_status = c.place_status
FROM gridgov.case_record AS c
WHERE c.id = k.id AND c.geom IS NOT DISTINCT FROM k.geom
