-- is_wanted: whether a town has a map or tracks, or cells of grids are kept of it already
-- params : town_id
-- returns: is_wanted, one row
-- used by: store.ground        index: map_feature_town_id_theme_idx, ground_town_id_idx, lake_file_town_id_day_on_idx
SELECT
  EXISTS (SELECT 1 FROM ground WHERE town_id = :town_id)
  OR EXISTS (SELECT 1 FROM map_feature WHERE town_id = :town_id AND theme IN ('road', 'built_up'))
  OR EXISTS (SELECT 1 FROM lake_file WHERE town_id = :town_id) AS is_wanted
