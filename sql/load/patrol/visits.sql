-- visits: the last visits as of the begin of a month
-- params : town_id, month_on; all_blocks, block_rows, block_cols
-- returns: packed: all rows in one value, each block_row, block_col (int32, big-endian) and days; null when there are none
-- used by: store.visits        index: last_visit_pkey
SELECT string_agg(int4send(block_row) || int4send(block_col) || days, CAST('' AS bytea)) AS packed
FROM last_visit
WHERE
  town_id = :town_id AND month_on = :month_on
  AND (
    :all_blocks
    OR (block_row, block_col) IN (
      SELECT b.block_row, b.block_col
      FROM unnest(CAST(:block_rows AS integer ARRAY), CAST(:block_cols AS integer ARRAY)) AS b (block_row, block_col)
    )
  )
