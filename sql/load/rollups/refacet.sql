-- refacet: stretches and steps have the first of the facets that say the same
-- names  : table
-- params : town_id
-- returns: nothing; changed rows
-- used by: store.rollups.join_facets, after same_facets        index: none; it happens when lines are merged
UPDATE {{ table | identifier }} AS s
SET facet_id = f.first_id
FROM same_facet AS f
WHERE s.facet_id = f.id AND s.town_id = :town_id
