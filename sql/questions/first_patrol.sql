-- first_patrol: the first statistical day of which a town's tracks tell
-- params : town_id
-- returns: first_on (null when nobody patrolled); one row
-- used by: questions.begins        index: swept_day_pkey
SELECT min(day_on) AS first_on
FROM swept_day
WHERE town_id = :town_id
