-- constraints: the unique keys and foreign keys of a table
-- params : table (name with its schema)
-- returns: name, definition; unique keys first, as foreign keys of others may need them
-- used by: store.staging.bulk_window
SELECT
  conname AS name,
  pg_get_constraintdef(oid) AS definition
FROM pg_constraint
WHERE conrelid = CAST(:table AS regclass) AND contype IN ('f', 'u')
ORDER BY contype DESC, conname
