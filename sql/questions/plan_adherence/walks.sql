-- walks: how many cells of routes were seen on the days of a window that they were planned for
-- params : town_id, since_on, until_on (days, both inclusive)
-- returns: keys, days (since 1970-01-01) and n_seen, arrays in one order with an element for each route and day with any, in one
--          row; null when there are none
-- used by: store.walks        index: route_walk_pkey
SELECT
  array_agg(route) AS keys,
  array_agg(day_on - date '1970-01-01') AS days,
  array_agg(n_seen) AS n_seen
FROM route_walk
WHERE town_id = :town_id AND day_on BETWEEN :since_on AND :until_on
