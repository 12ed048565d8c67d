-- clear: the rows of the cases followed go, to be made anew
-- names  : table
-- params : none
-- returns: nothing
-- used by: store.rollups        index: on case_id
DELETE FROM {{ table | identifier }} AS old
USING followed AS f
WHERE old.case_id = f.case_id
