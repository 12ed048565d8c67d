-- visits: the visits of checkpoints on the days of a window
-- params : town_id, since_on, until_on (days, both inclusive)
-- returns: keys, days (since 1970-01-01), n and last_s (seconds since 1970 UTC), arrays in one order with an element for each
--          checkpoint and day with any, in one row; null when there are none
-- used by: store.walks        index: checkpoint_visit_pkey
SELECT
  array_agg(checkpoint) AS keys,
  array_agg(day_on - date '1970-01-01') AS days,
  array_agg(n) AS n,
  array_agg(date_part('epoch', last_at)) AS last_s
FROM checkpoint_visit
WHERE town_id = :town_id AND day_on BETWEEN :since_on AND :until_on
