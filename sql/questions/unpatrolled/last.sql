-- last: the last day with a patrol in the grids of a level, however long ago
-- params : town_id, level, set_id, until_month, until_on (a day and the first of its month), scope_ids (null = all)
-- returns: grid_code, last_patrol_on; one row a grid that was ever patrolled by then
-- used by: questions unpatrolled        index: grid_month_town_id_grid_id_month_on_idx
WITH by_then AS (
  SELECT
    m.grid_id,
    m.month_on,
    CASE
      WHEN m.month_on < :until_month THEN m.days
      ELSE m.days & ((CAST(1 AS bigint) << CAST(extract(DAY FROM CAST(:until_on AS date)) AS integer)) - 1)
    END AS days
  FROM grid_month AS m
  WHERE m.town_id = :town_id AND m.month_on <= :until_month
)
SELECT
  up.code AS grid_code,
  max(seen.month_on + CAST(floor(log(2, seen.days)) AS integer)) AS last_patrol_on
FROM grid AS up
-- A grid may have been another row before the boundaries changed: the code is what stays.
JOIN grid AS same ON same.town_id = :town_id AND same.layer_id = up.layer_id AND same.code = up.code
JOIN grid AS g ON g.path[CAST(:level AS integer) + 1] = same.id
CROSS JOIN
  LATERAL (
    SELECT
      d.month_on,
      d.days
    FROM by_then AS d
    WHERE d.grid_id = g.id AND d.days <> 0
    ORDER BY d.month_on DESC
    LIMIT 1
  ) AS seen
WHERE
  up.set_id = :set_id AND up.level = :level
  AND (CAST(:scope_ids AS integer[]) IS NULL OR up.path && CAST(:scope_ids AS integer[]))
GROUP BY up.code
