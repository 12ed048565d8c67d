-- first: when the history of a town begins
-- params : town_id
-- returns: first_at, the first report (null when there are no cases); one row
-- used by: questions.begins        index: case_record_town_id_reported_at_closed_at_idx
SELECT min(reported_at) AS first_at
FROM case_record
WHERE town_id = :town_id
