-- unchecked: foreign keys made again after a bulk load and not yet checked against its rows
-- params : none
-- returns: table_name, name; one row a key
-- used by: store.bulk.validate_keys
SELECT
  c.relname AS table_name,
  k.conname AS name
FROM pg_constraint AS k
JOIN pg_class AS c ON c.oid = k.conrelid
WHERE k.contype = 'f' AND NOT k.convalidated AND c.relnamespace = CAST('gridgov' AS regnamespace)
ORDER BY c.relname, k.conname
