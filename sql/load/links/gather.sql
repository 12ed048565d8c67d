-- gather: what is compared of some cases, numbered by report; of one instant, by case number and source
-- names  : chosen (fragment: a query or table with case_id, is_paired, is_watched)
-- params : those of the fragment
-- returns: temporary table gathered: no (from 0), case_id, reported_at, item_id, kind, place, lon, lat (NaN = none), spot (the
--          address as a number where there are no coordinates, else -1), is_paired, is_watched; nothing is null
-- used by: store.links, after kinds        index: case_record_pkey
{% from 'load/links/_places.sql' import comparable, place %}
CREATE TEMPORARY TABLE gathered ON COMMIT DROP AS
SELECT
  row_number() OVER (ORDER BY c.reported_at, c.case_no COLLATE "C", so.code COLLATE "C") - 1 AS no,
  c.id AS case_id,
  c.reported_at,
  c.item_id,
  k.kind,
  {{ place('c') }} AS place,
  coalesce(ST_X(c.geom), 'NaN') AS lon,
  coalesce(ST_Y(c.geom), 'NaN') AS lat,
  CASE WHEN c.geom IS NULL THEN -1 - ({{ place('c') }}) ELSE -1 END AS spot,
  asked.is_paired,
  asked.is_watched
FROM (
  {{ chosen }}
) AS asked
JOIN case_record AS c ON c.id = asked.case_id
JOIN kinded AS k ON k.item_id = c.item_id
JOIN source AS so ON so.id = c.source_id
WHERE {{ comparable('c') }}
