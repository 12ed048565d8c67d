-- unsettled: the cases after whose closing any report near may be the first now: those touched, and those after which a
-- touched one came first
-- params : none
-- returns: temporary table unsettled: case_id
-- used by: store.links, after linked        index: closing_next_id_idx
CREATE TEMPORARY TABLE unsettled ON COMMIT DROP AS
SELECT case_id FROM linked
UNION
SELECT k.case_id
FROM linked AS t
JOIN closing AS k ON k.next_id = t.case_id
