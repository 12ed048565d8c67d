-- visits: the last visits as of the begin of a month
-- params : town_id, month_on; all_blocks, block_rows, block_cols
-- returns: block_rows, block_cols and packed (days_ago of all of them), in one order, one row; null when there are none
-- used by: store.visits        index: last_visit_pkey
SELECT
  array_agg(block_row) AS block_rows,
  array_agg(block_col) AS block_cols,
  string_agg(days_ago, CAST('' AS bytea)) AS packed
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
