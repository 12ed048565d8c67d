-- swept_days: what anybody came near on the days since <= day < until
-- params : town_id, since, until; all_blocks, block_rows, block_cols
-- returns: days (since 1970-01-01), block_rows, block_cols and packed (the bits of all of them), in one order, one row; null when
--          there are none
-- used by: store.visits        index: swept_day_pkey
SELECT
  array_agg(day_on - date '1970-01-01') AS days,
  array_agg(block_row) AS block_rows,
  array_agg(block_col) AS block_cols,
  string_agg(bits, CAST('' AS bytea)) AS packed
FROM swept_day
WHERE
  town_id = :town_id AND day_on >= :since AND day_on < :until
  AND (
    :all_blocks
    OR (block_row, block_col) IN (
      SELECT b.block_row, b.block_col
      FROM unnest(CAST(:block_rows AS integer ARRAY), CAST(:block_cols AS integer ARRAY)) AS b (block_row, block_col)
    )
  )
