-- squads/done: what the people of some units did in a window of days: in all, and in each grid
-- params : town_id, since_on, until_on (days, both inclusive), worker_ids and units (a number for each worker)
-- returns: unit (its number), is_whole, code (of the grid; null = outside all, and where is_whole), n_days, minutes, metres,
--          effective_m; one row a unit, and one a unit and grid
-- used by: questions squads        index: patrol_day_pkey
SELECT
  o.unit,
  grouping(g.code) = 1 AS is_whole,
  g.code,
  count(DISTINCT d.day_on) AS n_days,
  sum(d.minutes) AS minutes,
  sum(d.metres) AS metres,
  sum(d.effective_m) AS effective_m
FROM patrol_day AS d
JOIN unnest(CAST(:worker_ids AS integer[]), CAST(:units AS integer[])) AS o (worker_id, unit) ON o.worker_id = d.worker_id
LEFT JOIN grid AS g ON g.id = d.grid_id
WHERE d.town_id = :town_id AND d.day_on BETWEEN :since_on AND :until_on
GROUP BY GROUPING SETS ((o.unit), (o.unit, g.code))
