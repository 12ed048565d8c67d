-- take: an index to be made that nobody is making
-- params : none
-- returns: id, definition; no row when there is none left
-- used by: store.bulk.make_indexes
SELECT
  id,
  definition
FROM index_to_make
ORDER BY id
LIMIT 1
FOR UPDATE SKIP LOCKED
