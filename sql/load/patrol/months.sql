-- months: the calendar months in which anybody patrolled
-- params : town_id
-- returns: month_on, ascending; without reading the rows of a month but the first
-- used by: store.visits        index: swept_day_pkey
WITH RECURSIVE walk AS (
  SELECT CAST(date_trunc('month', min(day_on)) AS date) AS month_on
  FROM swept_day
  WHERE town_id = :town_id
  UNION ALL
  SELECT (
    SELECT CAST(date_trunc('month', min(s.day_on)) AS date)
    FROM swept_day AS s
    WHERE s.town_id = :town_id AND s.day_on >= walk.month_on + interval '1 month'
  )
  FROM walk
  WHERE walk.month_on IS NOT NULL
)
SELECT month_on
FROM walk
WHERE month_on IS NOT NULL
ORDER BY month_on
