-- grids: what all workers did in each grid on a day
-- The order of the sums is that of their values: they are the same whatever number a worker has.
-- params : town_id, day_on
-- returns: nothing; rows of grid_day
-- used by: store.patrols.replace_day        index: patrol_day_pkey
INSERT INTO grid_day (town_id, day_on, grid_id, n_sessions, minutes, stop_min, metres, effective_m)
SELECT
  town_id,
  day_on,
  grid_id,
  sum(n_sessions),
  sum(minutes ORDER BY minutes),
  sum(stop_min ORDER BY stop_min),
  sum(metres ORDER BY metres),
  sum(effective_m ORDER BY effective_m)
FROM patrol_day
WHERE town_id = :town_id AND day_on = :day_on
GROUP BY town_id, day_on, grid_id
