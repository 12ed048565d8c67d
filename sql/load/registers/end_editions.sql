-- end_editions: an edition of a catalogue holds until the next one of its source begins
-- params : town_id, source_id, scope
-- returns: nothing; valid_to in item
-- used by: store.registers
WITH edition AS (
  SELECT DISTINCT
    i.version,
    i.valid_from
  FROM item AS i
  JOIN load_run AS r ON r.id = i.load_run_id
  WHERE i.town_id = :town_id AND i.scope = :scope AND r.source_id = :source_id
), ended AS (
  SELECT
    version,
    (
      SELECT min(later.valid_from) FROM edition AS later
      WHERE later.valid_from > coalesce(edition.valid_from, '-infinity')
    ) AS valid_to
  FROM edition
)
UPDATE item AS i
SET valid_to = ended.valid_to
FROM ended, load_run AS r
WHERE
  i.town_id = :town_id AND i.scope = :scope AND i.version = ended.version
  AND r.id = i.load_run_id AND r.source_id = :source_id
  AND i.valid_to IS DISTINCT FROM ended.valid_to
