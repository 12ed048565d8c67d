-- checkpoints: the places to be visited that a plan names on some day of a window, in the grids of a level
-- params : town_id, set_id, level (null = no level), since_on, until_on (days, both inclusive), scope_ids (null = all)
-- returns: key, code, name, grid_id (of the level; null = in none that is valid now), own_code and own_name (the grid of the plan),
--          visits_a_week, valid_from, valid_to, lon, lat; one row a spell of a checkpoint
-- used by: questions checkpoints, checkpoints_missed        index: checkpoint_town_id_code_idx
{% from 'load/plan/_key.sql' import checkpoint_key %}
SELECT
  {{ checkpoint_key('c') }} AS key,
  c.code,
  c.name,
  g.path[CAST(:level AS integer) + 1] AS grid_id,
  c.grid_code AS own_code,
  g.name AS own_name,
  c.visits_a_week,
  c.valid_from,
  c.valid_to,
  ST_X(c.geom) AS lon,
  ST_Y(c.geom) AS lat
FROM checkpoint AS c
LEFT JOIN grid AS g ON g.set_id = :set_id AND g.code = c.grid_code
WHERE
  c.town_id = :town_id
  AND coalesce(c.valid_from, '-infinity') <= :until_on AND coalesce(c.valid_to, 'infinity') > :since_on
  AND (CAST(:scope_ids AS integer[]) IS NULL OR g.path && CAST(:scope_ids AS integer[]))
ORDER BY c.code, c.valid_from NULLS FIRST
