-- next_facet: from the number after those there are
-- params : none
-- returns: that number less one; one row
-- used by: store.known, after number_facets
SELECT setval(pg_get_serial_sequence('pg_temp.facet', 'id'), coalesce(max(id), 1)) AS last_id
FROM pg_temp.facet
