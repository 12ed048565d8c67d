-- drop_visits: forget the last visits as of the begin of a month
-- params : town_id, month_on; all_blocks, block_rows, block_cols
-- returns: nothing; rows of last_visit
-- used by: store.visits        index: last_visit_pkey
DELETE FROM last_visit
WHERE
  town_id = :town_id AND month_on = :month_on
  AND (
    :all_blocks
    OR (block_row, block_col) IN (
      SELECT b.block_row, b.block_col
      FROM unnest(CAST(:block_rows AS integer ARRAY), CAST(:block_cols AS integer ARRAY)) AS b (block_row, block_col)
    )
  )
