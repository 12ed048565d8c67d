-- facets: the combinations of what some cases can be asked by that are new
-- names  : cases (fragment: a query for case_id)
-- params : town_id, and those of the fragment
-- returns: nothing; new rows in facet
-- used by: store.rollups        index: facet_town_id_idx
INSERT INTO facet (town_id, item_id, line_id, channel_id, source_id, track, is_urgent, is_duplicate)
SELECT DISTINCT c.town_id, c.item_id, c.line_id, c.channel_id, c.source_id, c.track, c.is_urgent, c.is_duplicate
FROM (
  {{ cases }}
) AS asked
JOIN case_record AS c ON c.id = asked.case_id
EXCEPT
SELECT town_id, item_id, line_id, channel_id, source_id, track, is_urgent, is_duplicate
FROM facet
WHERE town_id = :town_id
