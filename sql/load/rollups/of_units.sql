-- of_units: the cases in whose ledger or row some units stand
-- params : unit_ids
-- returns: case_id; a fragment for follow
-- used by: store.registers, when two units turn out to be one: what was a handover between them is none
SELECT case_id
FROM case_event
WHERE unit_id = ANY(CAST(:unit_ids AS integer[]))
UNION
SELECT id
FROM case_record
WHERE unit_id = ANY(CAST(:unit_ids AS integer[]))
