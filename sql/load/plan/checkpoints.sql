-- checkpoints: the checkpoints that a plan holds on a day
-- params : town_id, day_on
-- returns: key, lon, lat; one row a key
-- used by: store.walks        index: checkpoint_town_id_code_idx
{% from 'load/plan/_key.sql' import checkpoint_key %}
SELECT DISTINCT
  {{ checkpoint_key('c') }} AS key,
  ST_X(c.geom) AS lon,
  ST_Y(c.geom) AS lat
FROM checkpoint AS c
WHERE
  c.town_id = :town_id
  AND coalesce(c.valid_from, '-infinity') <= :day_on AND coalesce(c.valid_to, 'infinity') > :day_on
ORDER BY 1
