-- facets: a copy of the facets of a town to which those of cases as they were can be added
-- params : town_id
-- returns: temporary table facet
-- used by: store.known
CREATE TEMPORARY TABLE facet ON COMMIT DROP AS
SELECT *
FROM gridgov.facet
WHERE town_id = :town_id
