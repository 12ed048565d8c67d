-- drop_facets: facets that say what an earlier one says go
-- params : none
-- returns: nothing
-- used by: store.rollups.join_facets, after refacet        index: facet_pkey
DELETE FROM facet AS f
USING same_facet AS s
WHERE f.id = s.id
