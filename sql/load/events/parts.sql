-- parts: the first case of each part of the cases to follow
-- params : n_cases (in a part)
-- returns: case_id; one row a part, the first one left out
-- used by: store.ledger
SELECT case_id
FROM (SELECT case_id, row_number() OVER (ORDER BY case_id) AS n FROM touched WHERE has_history) AS numbered
WHERE n > 1 AND (n - 1) % :n_cases = 0
ORDER BY case_id
