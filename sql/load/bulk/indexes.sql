-- indexes: the indexes of a table that are no constraint's, those that take longest to make first
-- params : table (name with its schema)
-- returns: name, definition
-- used by: store.bulk.bulk_window
SELECT
  c.relname AS name,
  pg_get_indexdef(i.indexrelid) AS definition
FROM pg_index AS i
JOIN pg_class AS c ON c.oid = i.indexrelid
WHERE i.indrelid = CAST(:table AS regclass) AND NOT i.indisunique
ORDER BY pg_get_indexdef(i.indexrelid) NOT LIKE '%USING gist%', c.relname
