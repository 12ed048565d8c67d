-- every: all that is counted of a town, as if it came now
-- params : town_id
-- returns: temporary table pixel_changed, as changed.sql makes it
-- used by: store.tiles.recount
CREATE TEMPORARY TABLE pixel_changed ON COMMIT DROP AS
SELECT
  case_id,
  town_id,
  reported_at,
  pixel,
  grid_id,
  facet_id,
  1 AS change
FROM case_pixel
WHERE town_id = :town_id
