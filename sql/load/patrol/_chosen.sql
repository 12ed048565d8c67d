-- _chosen: the rows of some blocks, or of all
-- params : all_blocks, block_rows, block_cols
-- used by: sql/load/patrol
(:all_blocks OR (block_row, block_col) IN (
  SELECT b.block_row, b.block_col
  FROM unnest(CAST(:block_rows AS integer []), CAST(:block_cols AS integer [])) AS b (block_row, block_col)
))
