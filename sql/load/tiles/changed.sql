-- changed: where the cases followed are, and were counted, as far as the two differ
-- params : none
-- returns: temporary table pixel_changed: the columns of case_pixel, change (1 = to be counted, -1 = no longer)
-- used by: store.tiles, after the course of the cases was derived        index: case_pixel_pkey, case_fact_pkey
{% from 'tiles/_cells.sql' import column_of, interleaved, row_of %}
CREATE TEMPORARY TABLE pixel_changed ON COMMIT DROP AS
WITH placed AS MATERIALIZED (
  SELECT
    f.case_id,
    c.town_id,
    t.opened_at AS reported_at,
    {{ column_of('c.geom') }} AS x,
    {{ row_of('c.geom') }} AS y,
    c.grid_id,
    f.facet_id
  FROM followed AS f
  JOIN case_record AS c ON c.id = f.case_id
  JOIN case_fact AS t ON t.case_id = f.case_id
  WHERE c.geom IS NOT NULL
), now AS MATERIALIZED (
  SELECT
    case_id,
    town_id,
    reported_at,
    {{ interleaved('x', 'y') }} AS pixel,
    grid_id,
    facet_id
  FROM placed
), was AS MATERIALIZED (
  SELECT p.case_id, p.town_id, p.reported_at, p.pixel, p.grid_id, p.facet_id
  FROM case_pixel AS p
  JOIN followed AS f ON f.case_id = p.case_id
)
SELECT g.*, -1 AS change FROM (SELECT * FROM was EXCEPT SELECT * FROM now) AS g
UNION ALL
SELECT c.*, 1 AS change FROM (SELECT * FROM now EXCEPT SELECT * FROM was) AS c
