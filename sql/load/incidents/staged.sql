-- staged: rows of a staged file
-- names  : stage (table)
-- params : none
-- returns: n
-- used by: store.cases
SELECT count(*) AS n
FROM {{ stage | identifier }}
