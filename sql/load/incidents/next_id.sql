-- next_id: an id that every case made from now on in this session comes after
-- params : none
-- returns: id
-- used by: store.cases
SELECT nextval('case_record_id_seq') AS id
