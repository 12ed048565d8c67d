-- constraints: the unique keys and foreign keys of a table
-- params : table (name with its schema)
-- returns: name, definition; unique keys first, as foreign keys of others may need them. Foreign keys come back NOT VALID:
--          they hold for every row written from then on, and the rows of the load got their ids by looking them up
-- used by: store.bulk.bulk_window
SELECT
  conname AS name,
  CASE
    WHEN contype = 'f' AND convalidated THEN pg_get_constraintdef(oid) || ' NOT VALID'
    ELSE pg_get_constraintdef(oid)
  END AS definition
FROM pg_constraint
WHERE conrelid = CAST(:table AS regclass) AND contype IN ('f', 'u')
ORDER BY contype DESC, conname
