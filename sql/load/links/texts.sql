-- texts: what some cases say
-- params : case_ids
-- returns: id, description; one row a case
-- used by: store.links        index: case_record_pkey
SELECT
  id,
  description
FROM case_record
WHERE id = ANY(CAST(:case_ids AS bigint[]))
