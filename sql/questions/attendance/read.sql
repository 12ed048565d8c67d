-- attendance: from when until when devices told of positions in grids, by day
-- params : town_id, level, since_on, until_on (days, both inclusive), scope_ids (null = all), break_s
-- returns: day_on, grid_code (of the level; null = outside all, or above it), first_at, last_at, minutes (with a signal),
--          expected_min (with the silences of a device in between, up to break_s each), n_sessions; one row a grid and day.
--          A session counts in the grid in which it was most
-- used by: questions attendance        index: patrol_session_town_id_day_on_idx
SELECT
  s.day_on,
  up.code AS grid_code,
  min(s.begin_at) AS first_at,
  max(s.end_at) AS last_at,
  sum(s.minutes) AS minutes,
  sum(
    s.minutes
    + CASE WHEN s.cut = 'silence' AND s.gap_s <= :break_s THEN s.gap_s / 60 ELSE 0 END
  ) AS expected_min,
  count(*) AS n_sessions
FROM patrol_session AS s
LEFT JOIN grid AS g ON g.id = s.grid_id
LEFT JOIN grid AS up ON up.id = g.path[CAST(:level AS integer) + 1]
WHERE
  s.town_id = :town_id AND s.day_on BETWEEN :since_on AND :until_on
  AND (CAST(:scope_ids AS integer[]) IS NULL OR g.path && CAST(:scope_ids AS integer[]))
GROUP BY s.day_on, up.code
ORDER BY s.day_on DESC, up.code
LIMIT :limit OFFSET :offset
