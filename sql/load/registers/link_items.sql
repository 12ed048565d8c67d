-- link_items: the unit and the line that a catalogue names, by code or by name, where a register has them
-- params : town_id
-- returns: nothing; owner_id and line_id in item
-- used by: store.registers, after units, lines and catalogues, so that the order of the files does not matter
-- Units known from cases only are no owners: whether one is there would hang on which cases came first.
WITH named AS (
  SELECT
    i.id,
    (
      SELECT u.id FROM unit AS u
      WHERE u.town_id = i.town_id AND u.load_run_id IS NOT NULL AND i.owner_text IN (u.code, u.name)
    ) AS owner_id,
    (
      SELECT l.id FROM line AS l
      WHERE l.town_id = i.town_id AND l.load_run_id IS NOT NULL AND i.line_text IN (l.code, l.name)
    ) AS line_id
  FROM item AS i
  WHERE i.town_id = :town_id AND i.scope <> 'observed'
)
UPDATE item AS i
SET owner_id = named.owner_id, line_id = named.line_id
FROM named
WHERE
  i.id = named.id
  AND (i.owner_id IS DISTINCT FROM named.owner_id OR i.line_id IS DISTINCT FROM named.line_id)
