-- coarser: the same at the next zoom out, where four cells are one
-- names  : zoom
-- params : none
-- returns: nothing; rows in cell_changed
-- used by: store.tiles, after finest, from zoom to zoom
INSERT INTO cell_changed (zoom, cell, month_on, grid_id, n)
SELECT
  {{ zoom }},
  cell >> 2,
  month_on,
  grid_id,
  sum(n)
FROM cell_changed
WHERE zoom = {{ zoom + 1 }}
GROUP BY 2, 3, 4
HAVING sum(n) <> 0
