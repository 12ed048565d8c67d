-- link_roster: the unit that a roster names, by code or by name, where the register has it
-- params : town_id
-- returns: nothing; unit_id in roster
-- used by: store.registers, store.roster
WITH named AS (
  SELECT
    p.id,
    (
      SELECT u.id FROM unit AS u
      WHERE u.town_id = p.town_id AND u.load_run_id IS NOT NULL AND p.unit_text IN (u.code, u.name)
    ) AS unit_id
  FROM roster AS p
  WHERE p.town_id = :town_id
)
UPDATE roster AS p
SET unit_id = named.unit_id
FROM named
WHERE p.id = named.id AND p.unit_id IS DISTINCT FROM named.unit_id
