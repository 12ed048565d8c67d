-- walks: how many cells of routes were seen on the days of a window that they were planned for
-- params : town_id, since_on, until_on (days, both inclusive)
-- returns: key, day (days since 1970-01-01), n_seen; one row a route and day with any
-- used by: questions plan_adherence        index: route_walk_pkey
SELECT
  route AS key,
  day_on - date '1970-01-01' AS day,
  n_seen
FROM route_walk
WHERE town_id = :town_id AND day_on BETWEEN :since_on AND :until_on
