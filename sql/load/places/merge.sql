-- merge: one place, new, changed or as known
-- params : town_id, source_id, run_id; code, name, kind, lon, lat (null = none), grid_id
-- returns: outcome (loaded, updated, unchanged)
-- used by: store.gazetteer        index: place_source_id_code_key
WITH given AS (
  SELECT
    hash_record_extended(ROW(CAST(:name AS text), CAST(:kind AS text), CAST(:lon AS float8), CAST(:lat AS float8)), 0)
      AS row_hash
), known AS (
  SELECT row_hash FROM place WHERE source_id = :source_id AND code = :code
), written AS (
  INSERT INTO place (town_id, source_id, code, name, kind, geom, grid_id, row_hash, load_run_id)
  SELECT :town_id, :source_id, :code, :name, :kind, ST_SetSRID(ST_MakePoint(:lon, :lat), 4326), :grid_id, row_hash, :run_id
  FROM given
  WHERE NOT EXISTS (SELECT 1 FROM known WHERE known.row_hash = given.row_hash)
  ON CONFLICT (source_id, code) DO UPDATE
    SET
      name = excluded.name, kind = excluded.kind, geom = excluded.geom, grid_id = excluded.grid_id,
      row_hash = excluded.row_hash, load_run_id = excluded.load_run_id
  RETURNING 1
)
SELECT
  CASE
    WHEN NOT EXISTS (SELECT 1 FROM written) THEN 'unchanged'
    WHEN EXISTS (SELECT 1 FROM known) THEN 'updated'
    ELSE 'loaded'
  END AS outcome
