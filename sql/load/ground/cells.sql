-- cells: the cells of the grids of a version, in one row
-- names  : table (land_cells, due_cells)
-- params : set_id
-- returns: grid_ids, rows, cols (arrays), bits (512 bytes for each of them), by grid and block; all null where there are none
-- used by: store.ground        index: primary key
SELECT
  array_agg(grid_id ORDER BY grid_id, block_row, block_col) AS grid_ids,
  array_agg(block_row ORDER BY grid_id, block_row, block_col) AS rows,
  array_agg(block_col ORDER BY grid_id, block_row, block_col) AS cols,
  string_agg(bits, ''::bytea ORDER BY grid_id, block_row, block_col) AS bits
FROM {{ table | identifier }}
WHERE set_id = :set_id
