-- all_cases: every case of a town with its facet, as if it had been followed
-- params : town_id
-- returns: temporary table followed: case_id, facet_id
-- used by: store.tiles.fill        index: none; it happens once
CREATE TEMPORARY TABLE followed ON COMMIT DROP AS
SELECT case_id, facet_id
FROM case_span
WHERE town_id = :town_id AND next_at IS NULL -- of a case the last stretch
