-- faceted: the facets of a town as a table that is looked up by what they combine; nothing in it is null
-- params : town_id
-- returns: temporary table faceted: id and what it combines: 0, '' and -1 stand for what is not known
-- used by: store.rollups, before follow
CREATE TEMPORARY TABLE faceted ON COMMIT DROP AS
SELECT
  min(id) AS id, -- two that said the same would double their cases
  coalesce(item_id, 0) AS item_id,
  coalesce(line_id, 0) AS line_id,
  coalesce(channel_id, 0) AS channel_id,
  source_id,
  coalesce(track, '') AS track,
  coalesce(CAST(is_urgent AS integer), -1) AS urgent,
  is_duplicate
FROM facet
WHERE town_id = :town_id
GROUP BY 2, 3, 4, 5, 6, 7, 8
