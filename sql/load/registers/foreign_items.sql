-- foreign_items: codes of a catalogue that stand in the same edition already, from another source
-- params : town_id, source_id, scope, version; codes (array)
-- returns: code, source; one row a code
-- used by: store.registers        index: item_town_id_scope_version_code_condition_key
SELECT DISTINCT
  i.code,
  s.code AS source
FROM item AS i
JOIN load_run AS r ON r.id = i.load_run_id
JOIN source AS s ON s.id = r.source_id
WHERE
  i.town_id = :town_id AND i.scope = :scope AND i.version = :version AND i.code = ANY(:codes) AND r.source_id <> :source_id
ORDER BY i.code
