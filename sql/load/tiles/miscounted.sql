-- miscounted: months whose cases the pyramid does not count as often as there are, at its coarsest zoom; and among some tiles
--             drawn by lot those whose cells are not what a plain count of their cases gives
-- names  : zoom (the coarsest)
-- params : town_id, month_days (firsts of months), month_begins (their first instants), most (so many tiles are looked at)
-- returns: n (months and tiles); one row
-- used by: store.tiles.wrong        index: case_pixel_town_id_pixel_idx, tile_month_pkey
{% set month_of %}
(CAST(:month_days AS date[]))[width_bucket(p.reported_at, CAST(:month_begins AS timestamptz[]))]
{% endset %}
WITH plain AS (
  SELECT {{ month_of }} AS month_on, count(*) AS n
  FROM case_pixel AS p
  WHERE p.town_id = :town_id
  GROUP BY 1
), told AS (
  SELECT m.month_on, sum(u.n) AS n
  FROM tile_month AS m
  CROSS JOIN LATERAL unnest(m.counts) AS u (n)
  WHERE m.town_id = :town_id AND m.zoom = {{ zoom }}
  GROUP BY m.month_on
), drawn AS MATERIALIZED (
  SELECT *
  FROM tile_month
  WHERE town_id = :town_id
  ORDER BY random()
  LIMIT :most
), counted AS (
  SELECT
    d.zoom,
    d.tile,
    d.month_on,
    d.grid_id,
    CAST((p.pixel >> (56 - 2 * (d.zoom + 7))) & 16383 AS smallint) AS cell,
    CAST(count(*) AS integer) AS n
  FROM drawn AS d
  JOIN case_pixel AS p
    ON
      p.town_id = :town_id AND p.pixel >= d.tile << (56 - 2 * d.zoom) AND p.pixel < (d.tile + 1) << (56 - 2 * d.zoom)
      AND coalesce(p.grid_id, -1) = d.grid_id AND {{ month_of }} = d.month_on
  GROUP BY 1, 2, 3, 4, 5
), again AS (
  SELECT zoom, tile, month_on, grid_id, array_agg(cell ORDER BY cell) AS cells, array_agg(n ORDER BY cell) AS counts
  FROM counted
  GROUP BY zoom, tile, month_on, grid_id
), wrong AS (
  SELECT plain.month_on
  FROM plain
  FULL JOIN told ON told.month_on = plain.month_on
  WHERE plain.n IS DISTINCT FROM told.n
  UNION ALL
  SELECT d.month_on
  FROM drawn AS d
  LEFT JOIN again AS a ON a.zoom = d.zoom AND a.tile = d.tile AND a.month_on = d.month_on AND a.grid_id = d.grid_id
  WHERE a.cells IS DISTINCT FROM d.cells OR a.counts IS DISTINCT FROM d.counts
)
SELECT count(*) AS n
FROM wrong
