-- clear: the rows of some cases go, to be made anew
-- names  : table, of (temporary table with case_id)
-- params : none
-- returns: nothing
-- used by: store.links        index: on case_id
DELETE FROM {{ table | identifier }} AS old
USING {{ of | identifier }} AS t
WHERE old.case_id = t.case_id
