-- unfilled: towns of whose cases not all have a course: they keep no rules, since only what makes the course of all, or of
--           the first cases of a town, keeps them
-- params : none
-- returns: id; one row a town
-- used by: store.rollups        index: case_record_town_id_reported_at_closed_at_idx
SELECT t.id
FROM town AS t
WHERE
  NOT EXISTS (SELECT 1 FROM rule_set AS r WHERE r.town_id = t.id)
  AND EXISTS (SELECT 1 FROM case_record AS c WHERE c.town_id = t.id)
ORDER BY t.id
