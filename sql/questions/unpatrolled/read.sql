-- unpatrolled: on which days of a window anybody was on patrol in the grids of a level
-- params : town_id, level, since_month, until_on (the month of the window's first day, its last day), scope_ids (null = all)
-- returns: grid_code, month_on, days (bit d - 1 is set: on day d of the month); one row a grid and month with a patrol
-- used by: questions unpatrolled        index: grid_month_pkey
SELECT
  up.code AS grid_code,
  d.month_on,
  bit_or(d.days) AS days
FROM grid_month AS d
JOIN grid AS g ON g.id = d.grid_id
JOIN grid AS up ON up.id = g.path[CAST(:level AS integer) + 1]
WHERE
  d.town_id = :town_id AND d.month_on BETWEEN :since_month AND :until_on
  AND (CAST(:scope_ids AS integer[]) IS NULL OR g.path && CAST(:scope_ids AS integer[]))
GROUP BY up.code, d.month_on
