-- routes: the routes that a plan holds on a day
-- params : town_id, day_on
-- returns: key, weekdays, windows, valid_from, valid_to, geom (WKB, EPSG:4326); one row a spell, by key
-- used by: store.walks        index: planned_route_town_id_code_idx
{% from 'load/plan/_key.sql' import route_key %}
SELECT
  {{ route_key('r') }} AS key,
  r.weekdays,
  r.windows,
  r.valid_from,
  r.valid_to,
  ST_AsBinary(r.geom) AS geom
FROM planned_route AS r
WHERE
  r.town_id = :town_id
  AND coalesce(r.valid_from, '-infinity') <= :day_on AND coalesce(r.valid_to, 'infinity') > :day_on
ORDER BY 1
