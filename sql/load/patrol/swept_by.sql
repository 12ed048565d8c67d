-- swept_by: what some workers came near on the days since <= day < until
-- params : town_id, since, until, worker_ids
-- returns: workers, block_rows, block_cols and packed (the bits of all of them), in one order, one row; null when there are none
-- used by: store.visits        index: swept_pkey
SELECT
  array_agg(worker_id) AS workers,
  array_agg(block_row) AS block_rows,
  array_agg(block_col) AS block_cols,
  string_agg(bits, CAST('' AS bytea)) AS packed
FROM swept
WHERE town_id = :town_id AND day_on >= :since AND day_on < :until AND worker_id = ANY(CAST(:worker_ids AS integer[]))
