-- referring: tables with a foreign key to some tables
-- params : tables (names with their schema)
-- returns: name; one row a table
-- used by: store.bulk.bulk_window
SELECT DISTINCT c.relname AS name
FROM pg_constraint AS k
JOIN pg_class AS c ON c.oid = k.conrelid
WHERE k.contype = 'f' AND k.confrelid = ANY(CAST(:tables AS regclass[]))
