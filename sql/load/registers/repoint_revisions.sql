-- repoint_revisions: the same for the earlier rows of cases, which are kept as JSON
-- names  : field (unit_id or line_id)
-- params : old, new
-- returns: nothing
-- used by: store.registers
UPDATE case_revision
SET replaced = jsonb_set(replaced, '{ {{- field | identifier -}} }', to_jsonb(CAST(:new AS integer)))
WHERE CAST(replaced ->> '{{ field | identifier }}' AS integer) = :old
