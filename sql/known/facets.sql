-- facets: the facets of a town, to which those of cases as they were can be added
-- names  : columns (fragment: those of the table)
-- params : town_id
-- returns: temporary table facet
-- used by: store.known
CREATE TEMPORARY TABLE facet ON COMMIT DROP AS
SELECT {{ columns }}
FROM gridgov.facet AS stands
WHERE stands.town_id = :town_id
