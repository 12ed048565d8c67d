-- of_kind: all cases of some items, to compare all of them
-- params : town_id, item_ids
-- returns: case_id, is_paired, is_watched; a fragment for gather
-- used by: store.links
SELECT
  id AS case_id,
  TRUE AS is_paired,
  TRUE AS is_watched
FROM case_record
WHERE town_id = :town_id AND item_id = ANY(CAST(:item_ids AS integer[]))
