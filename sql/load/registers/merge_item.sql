-- merge_item: one row of a catalogue, new, changed or as known
-- params : town_id, run_id, scope, version, valid_from; code, condition, category, name, kind, owner_text, line_text, limit_text,
--          limit_value, limit_unit
-- returns: outcome (loaded, updated, unchanged)
-- used by: store.registers        index: item_town_id_scope_version_code_condition_key
WITH given AS (
  SELECT
    hash_record_extended(ROW(
      CAST(:category AS text), CAST(:name AS text), CAST(:kind AS text), CAST(:owner_text AS text),
      CAST(:line_text AS text), CAST(:limit_text AS text), CAST(:limit_value AS float8), CAST(:limit_unit AS text),
      CAST(:valid_from AS date)
    ), 0) AS row_hash
), known AS (
  SELECT row_hash FROM item
  WHERE town_id = :town_id AND scope = :scope AND version = :version AND code = :code AND condition = :condition
), written AS (
  INSERT INTO item (
    town_id, scope, version, code, condition, category, name, kind, owner_text, line_text, limit_text, limit_value, limit_unit,
    valid_from, row_hash, load_run_id
  )
  SELECT
    :town_id, :scope, :version, :code, :condition, :category, :name, :kind, :owner_text, :line_text, :limit_text, :limit_value,
    :limit_unit, :valid_from, row_hash, :run_id
  FROM given
  WHERE NOT EXISTS (SELECT 1 FROM known WHERE known.row_hash = given.row_hash)
  ON CONFLICT (town_id, scope, version, code, condition) DO UPDATE
    SET
      category = excluded.category, name = excluded.name, kind = excluded.kind, owner_text = excluded.owner_text,
      line_text = excluded.line_text, limit_text = excluded.limit_text, limit_value = excluded.limit_value,
      limit_unit = excluded.limit_unit, valid_from = excluded.valid_from, row_hash = excluded.row_hash,
      load_run_id = excluded.load_run_id
  RETURNING 1
)
SELECT
  CASE
    WHEN NOT EXISTS (SELECT 1 FROM written) THEN 'unchanged'
    WHEN EXISTS (SELECT 1 FROM known) THEN 'updated'
    ELSE 'loaded'
  END AS outcome
