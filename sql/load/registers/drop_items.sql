-- drop_items: what a source's new file of an edition no longer holds
-- params : town_id, source_id, scope, version; codes, conditions (arrays: the rows of the file)
-- returns: code, name, condition of each row that is gone
-- used by: store.registers, after merge_item
DELETE FROM item AS i
USING load_run AS r
WHERE
  i.town_id = :town_id AND i.scope = :scope AND i.version = :version
  AND r.id = i.load_run_id AND r.source_id = :source_id
  AND NOT EXISTS (
    SELECT 1
    FROM unnest(CAST(:codes AS text[]), CAST(:conditions AS text[])) AS kept (code, condition)
    WHERE kept.code = i.code AND kept.condition = i.condition
  )
RETURNING i.code, i.name, i.condition
