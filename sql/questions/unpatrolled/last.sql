-- last: the last day with a patrol in the grids of a level, however long ago
-- params : town_id, level, set_id, until_on, scope_ids (null = all)
-- returns: grid_code, last_patrol_on; one row a grid that was ever patrolled by then
-- used by: questions unpatrolled        index: grid_day_town_id_grid_id_day_on_idx
SELECT
  up.code AS grid_code,
  max(seen.day_on) AS last_patrol_on
FROM grid AS up
-- A grid may have been another row before the boundaries changed: the code is what stays.
JOIN grid AS g
  ON
    g.path[CAST(:level AS integer) + 1] IN (
      SELECT same.id FROM grid AS same WHERE same.town_id = :town_id AND same.layer_id = up.layer_id AND same.code = up.code
    )
CROSS JOIN
  LATERAL (
    SELECT d.day_on
    FROM grid_day AS d
    WHERE d.town_id = :town_id AND d.grid_id = g.id AND d.day_on <= :until_on AND d.n_sessions > 0
    ORDER BY d.day_on DESC
    LIMIT 1
  ) AS seen
WHERE
  up.set_id = :set_id AND up.level = :level
  AND (CAST(:scope_ids AS integer[]) IS NULL OR up.path && CAST(:scope_ids AS integer[]))
GROUP BY up.code
