-- points: the cases of a town with their coordinates
-- params : $1 town_id
-- returns: id, reported_at, lon, lat (EPSG:4326, NaN = none); one row a case
-- used by: store.cases.points
SELECT
  id,
  reported_at,
  coalesce(ST_X(geom), 'NaN') AS lon,
  coalesce(ST_Y(geom), 'NaN') AS lat
FROM gridgov.case_record
WHERE town_id = $1
