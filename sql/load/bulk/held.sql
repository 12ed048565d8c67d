-- held: rows a table holds, counted no further than needed
-- names  : table
-- params : at_most
-- returns: n
-- used by: store.bulk.bulk_window
SELECT count(*) AS n
FROM (SELECT FROM gridgov.{{ table | identifier }} LIMIT :at_most) AS counted
