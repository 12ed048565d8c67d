-- every_case: all cases of a town that have a course, in parts
-- names  : n_cases (in a part, about)
-- params : town_id
-- returns: temporary table every_case: part, case_id
-- used by: store.marginals
CREATE TEMPORARY TABLE every_case ON COMMIT DROP AS
SELECT CAST((row_number() OVER (ORDER BY case_id) - 1) / {{ n_cases }} AS integer) AS part, case_id
FROM case_fact
WHERE town_id = :town_id
