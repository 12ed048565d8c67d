-- swept_by_others: what all but some workers came near on a day
-- params : town_id, day_on, worker_ids
-- returns: block_row, block_col, bits
-- used by: store.patrols.replace_day        index: swept_pkey
SELECT block_row, block_col, bits
FROM swept
WHERE town_id = :town_id AND day_on = :day_on AND worker_id <> ALL(CAST(:worker_ids AS integer ARRAY))
