-- clear: what was done of the plan on a day, before it is written anew
-- names  : table (route_walk, checkpoint_visit)
-- params : town_id, day_on
-- returns: nothing; rows taken out of the table
-- used by: store.walks        index: primary keys
DELETE FROM {{ table | identifier }}
WHERE town_id = :town_id AND day_on = :day_on
