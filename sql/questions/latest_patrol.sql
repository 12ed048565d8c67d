-- latest_patrol: the last statistical day of which a town's tracks tell, and now
-- params : town_id
-- returns: latest_on (null when nobody patrolled), now_at; one row
-- used by: questions.asking        index: swept_day_pkey
SELECT
  max(day_on) AS latest_on,
  now() AS now_at
FROM swept_day
WHERE town_id = :town_id
