-- routes: the routes that were planned on some day of a window, in the grids of a level
-- params : town_id, set_id, level, since_on, until_on (days, both inclusive), scope_ids (null = all)
-- returns: key, code, name, own_code (grid of the plan), grid_code (of the level; null = in none that is valid now), weekdays,
--          windows, valid_from, valid_to, geom (WKB, EPSG:4326); one row a spell of a route
-- used by: questions unpatrolled, plan_adherence        index: planned_route_town_id_code_idx
{% from 'load/plan/_key.sql' import route_key %}
SELECT
  {{ route_key('r') }} AS key,
  r.code,
  r.name,
  r.grid_code AS own_code,
  up.code AS grid_code,
  r.weekdays,
  r.windows,
  r.valid_from,
  r.valid_to,
  ST_AsBinary(r.geom) AS geom
FROM planned_route AS r
LEFT JOIN grid AS g ON g.set_id = :set_id AND g.code = r.grid_code
LEFT JOIN grid AS up ON up.id = g.path[CAST(:level AS integer) + 1]
WHERE
  r.town_id = :town_id
  AND coalesce(r.valid_from, '-infinity') <= :until_on AND coalesce(r.valid_to, 'infinity') > :since_on
  AND (CAST(:scope_ids AS integer[]) IS NULL OR g.path && CAST(:scope_ids AS integer[]))
ORDER BY r.code, r.valid_from NULLS FIRST
