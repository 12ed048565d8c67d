-- add: what changed is added to the cells kept of each tile, month and grid; what holds nothing any more goes
-- params : town_id
-- returns: nothing; rows in tile_month
-- used by: store.tiles, after coarser        index: tile_month_pkey
WITH touched AS MATERIALIZED (
  SELECT DISTINCT zoom, cell >> 14 AS tile, month_on, grid_id
  FROM cell_changed
), held AS (
  SELECT t.zoom, t.tile, t.month_on, t.grid_id, u.cell, u.n
  FROM touched AS t
  JOIN tile_month AS m
    ON
      m.town_id = :town_id AND m.zoom = t.zoom AND m.tile = t.tile AND m.month_on = t.month_on AND m.grid_id = t.grid_id
  CROSS JOIN LATERAL unnest(m.cells, m.counts) AS u (cell, n)
  UNION ALL
  SELECT zoom, cell >> 14, month_on, grid_id, CAST(cell & 16383 AS smallint), n
  FROM cell_changed
), summed AS (
  SELECT zoom, tile, month_on, grid_id, cell, sum(n) AS n
  FROM held
  GROUP BY zoom, tile, month_on, grid_id, cell
), packed AS MATERIALIZED (
  SELECT
    zoom,
    tile,
    month_on,
    grid_id,
    array_agg(cell ORDER BY cell) FILTER (WHERE n <> 0) AS cells,
    array_agg(CAST(n AS integer) ORDER BY cell) FILTER (WHERE n <> 0) AS counts
  FROM summed
  GROUP BY zoom, tile, month_on, grid_id
), emptied AS (
  DELETE FROM tile_month AS m
  USING packed AS p
  WHERE
    m.town_id = :town_id AND m.zoom = p.zoom AND m.tile = p.tile AND m.month_on = p.month_on AND m.grid_id = p.grid_id
    AND p.cells IS NULL
)
INSERT INTO tile_month (town_id, zoom, tile, month_on, grid_id, cells, counts)
SELECT CAST(:town_id AS smallint), zoom, tile, month_on, grid_id, cells, counts
FROM packed
WHERE cells IS NOT NULL
ON CONFLICT (town_id, zoom, tile, month_on, grid_id) DO UPDATE SET cells = excluded.cells, counts = excluded.counts
