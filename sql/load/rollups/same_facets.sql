-- same_facets: the facets of a town that say what an earlier one says, since two lines turned out to be one
-- params : town_id
-- returns: temporary table same_facet: id, first_id (the earlier one)
-- used by: store.rollups.join_facets        index: facet_town_id_idx
CREATE TEMPORARY TABLE same_facet ON COMMIT DROP AS
SELECT id, first_id
FROM (
  SELECT
    id,
    min(id) OVER (PARTITION BY item_id, line_id, channel_id, source_id, track, is_urgent, is_duplicate) AS first_id
  FROM facet
  WHERE town_id = :town_id
) AS said
WHERE id <> first_id
