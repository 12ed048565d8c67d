-- finest: what changed, counted in the cells of the tiles of the finest zoom that is kept
-- names  : zoom
-- params : month_days (firsts of months), month_begins (their first instants)
-- returns: temporary table cell_changed: zoom, cell (of all the map at that zoom), month_on, grid_id (-1 = outside), n
-- used by: store.tiles, after changed or every
CREATE TEMPORARY TABLE cell_changed ON COMMIT DROP AS
SELECT
  CAST({{ zoom }} AS smallint) AS zoom,
  pixel >> {{ 56 - 2 * (zoom + 7) }} AS cell,
  (CAST(:month_days AS date[]))[width_bucket(reported_at, CAST(:month_begins AS timestamptz[]))] AS month_on,
  coalesce(grid_id, -1) AS grid_id,
  CAST(sum(change) AS integer) AS n
FROM pixel_changed
GROUP BY 2, 3, 4
HAVING sum(change) <> 0
