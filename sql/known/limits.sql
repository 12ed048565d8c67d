-- limits: the cases to which the catalogue gave another limit then
-- names  : cases (fragment: a query for case_id)
-- params : town_id
-- returns: nothing; rows of retold
-- used by: store.known, after retold and items
INSERT INTO retold (case_id)
SELECT l.case_id
FROM (
  {{ cases }}
) AS l
EXCEPT
SELECT case_id
FROM retold
