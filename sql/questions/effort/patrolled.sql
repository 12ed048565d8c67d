-- effort/patrolled: where people went: minutes and metres of patrol by a level of grids; patrols outside all have no row
-- names  : level (of the base layer, from the root, 0, down)
-- params : town_id, since_on, until_on (dates, both inclusive), scope_ids (null = all)
-- returns: grid_id (in whatever version), minutes, metres, n_patrol_days; one row a grid that was patrolled
-- used by: questions.effort        index: grid_day_pkey
SELECT
  g.path[{{ level + 1 }}] AS grid_id,
  sum(d.minutes) AS minutes,
  sum(d.metres) AS metres,
  count(DISTINCT d.day_on) AS n_patrol_days
FROM grid_day AS d
JOIN grid AS g ON g.id = d.grid_id
WHERE
  d.town_id = :town_id AND d.day_on BETWEEN :since_on AND :until_on
  AND (CAST(:scope_ids AS integer[]) IS NULL OR g.path && CAST(:scope_ids AS integer[]))
GROUP BY 1
ORDER BY 1
