-- unfilled: towns that have cases and no course of them
-- params : none
-- returns: id; one row a town
-- used by: store.rollups
SELECT t.id
FROM town AS t
WHERE
  NOT EXISTS (SELECT 1 FROM rule_set AS r WHERE r.town_id = t.id)
  AND EXISTS (SELECT 1 FROM case_record AS c WHERE c.town_id = t.id)
ORDER BY t.id
