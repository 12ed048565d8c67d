-- kinds: the items that cases of a town name, with one number for all of a category
-- params : town_id
-- returns: temporary table kinded: item_id, kind
-- used by: store.links
CREATE TEMPORARY TABLE kinded ON COMMIT DROP AS
SELECT
  id AS item_id,
  CASE WHEN category IS NULL THEN id ELSE min(id) OVER (PARTITION BY category) END AS kind
FROM item
WHERE town_id = :town_id AND scope = 'observed'
