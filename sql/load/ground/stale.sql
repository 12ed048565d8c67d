-- stale: versions of layers of grids whose cells are not kept, or whose land to patrol was made of another map
-- params : town_id
-- returns: set_id, layer, valid_from, has_land (its cells are kept, or it is known why not), map (null = there is none)
-- used by: store.ground        index: map_feature_town_id_theme_idx, ground_pkey
WITH stands AS (
  SELECT CASE WHEN count(*) > 0 THEN count(*) || ':' || bit_xor(row_hash) END AS map
  FROM map_feature
  WHERE town_id = :town_id AND theme IN ('road', 'built_up')
)
SELECT
  s.id AS set_id,
  ly.code AS layer,
  s.valid_from,
  g.set_id IS NOT NULL AS has_land,
  stands.map
FROM grid_set AS s
JOIN layer AS ly ON ly.id = s.layer_id
CROSS JOIN stands
LEFT JOIN ground AS g ON g.set_id = s.id
WHERE s.town_id = :town_id AND (g.set_id IS NULL OR (g.why IS NULL AND g.map IS DISTINCT FROM stands.map))
ORDER BY s.id
