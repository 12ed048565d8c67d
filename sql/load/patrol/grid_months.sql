-- grid_months: what all workers did in each grid in some calendar months
-- params : town_id, months (first days), patrolled_min (minutes of all together that make a day of a grid a patrolled one)
-- returns: nothing; rows of grid_month
-- used by: store.patrols.sum_months        index: grid_day_pkey
INSERT INTO grid_month (town_id, month_on, grid_id, days, n_sessions, minutes, stop_min, metres, effective_m)
SELECT
  d.town_id,
  m.month_on,
  d.grid_id,
  coalesce(
    bit_or(1 << (CAST(extract(DAY FROM d.day_on) AS integer) - 1))
    FILTER (WHERE d.n_sessions > 0 AND d.minutes >= :patrolled_min),
    0
  ),
  sum(d.n_sessions),
  sum(d.minutes ORDER BY d.day_on),
  sum(d.stop_min ORDER BY d.day_on),
  sum(d.metres ORDER BY d.day_on),
  sum(d.effective_m ORDER BY d.day_on)
FROM unnest(CAST(:months AS date ARRAY)) AS m (month_on)
JOIN grid_day AS d ON d.day_on >= m.month_on AND d.day_on < CAST(m.month_on + interval '1 month' AS date)
WHERE d.town_id = :town_id
GROUP BY d.town_id, m.month_on, d.grid_id
