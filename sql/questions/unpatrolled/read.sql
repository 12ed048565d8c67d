-- unpatrolled: on which days of a window anybody was on patrol in the grids of a level
-- params : town_id, level, since_on, until_on (days, both inclusive), scope_ids (null = all)
-- returns: grid_code, day_on; one row a grid and day with a patrol
-- used by: questions unpatrolled        index: grid_day_pkey
SELECT
  up.code AS grid_code,
  d.day_on
FROM grid_day AS d
JOIN grid AS g ON g.id = d.grid_id
JOIN grid AS up ON up.id = g.path[CAST(:level AS integer) + 1]
WHERE
  d.town_id = :town_id AND d.day_on BETWEEN :since_on AND :until_on AND d.n_sessions > 0
  AND (CAST(:scope_ids AS integer[]) IS NULL OR g.path && CAST(:scope_ids AS integer[]))
