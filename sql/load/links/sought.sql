-- sought: the places in which neighbours of some cases may lie
-- names  : of (temporary table with case_id), into_table
-- params : metres
-- returns: temporary table into_table: case_id, item_id, reported_at, place; one row a case and place
-- used by: store.links        index: case_record_pkey
{% from 'load/links/_places.sql' import comparable, place %}
CREATE TEMPORARY TABLE {{ into_table | identifier }} ON COMMIT DROP AS
SELECT
  c.id AS case_id,
  c.item_id,
  c.reported_at,
  near.place
FROM {{ of | identifier }} AS t
JOIN case_record AS c ON c.id = t.case_id
-- Degrees where they are shortest: 110,574 m on the equator, and less along a parallel.
CROSS JOIN LATERAL (
  SELECT
    :metres / 110574 AS high,
    :metres / (110574 * cos(radians(least(abs(ST_Y(c.geom)) + 0.01, 89.9)))) AS wide
) AS reach
CROSS JOIN LATERAL (
  SELECT x * 1000000 + y AS place
  FROM
    generate_series(
      CAST(floor((ST_X(c.geom) + 180 - reach.wide) * 1000) AS bigint),
      CAST(floor((ST_X(c.geom) + 180 + reach.wide) * 1000) AS bigint)
    ) AS x,
    generate_series(
      CAST(floor((ST_Y(c.geom) + 90 - reach.high) * 1000) AS bigint),
      CAST(floor((ST_Y(c.geom) + 90 + reach.high) * 1000) AS bigint)
    ) AS y
  UNION ALL
  SELECT {{ place('c') }}
  WHERE c.geom IS NULL
) AS near
WHERE {{ comparable('c') }}
