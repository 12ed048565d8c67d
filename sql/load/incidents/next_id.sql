-- next_id: the first id that a case made from now on can have
-- params : none
-- returns: id
-- used by: store.cases
SELECT last_value + CASE WHEN is_called THEN 1 ELSE 0 END AS id
FROM case_record_id_seq
