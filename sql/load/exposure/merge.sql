-- merge: the exposure of one grid on one day, new, changed or as known
-- params : town_id, layer_id, run_id; grid_code, counted_on, residents, households, firms, road_km, built_up_m2, patrollable_m2
-- returns: outcome (loaded, updated, unchanged)
-- used by: store.gazetteer        index: exposure_layer_id_grid_code_counted_on_key
WITH given AS (
  SELECT
    hash_record_extended(ROW(
      CAST(:residents AS int), CAST(:households AS int), CAST(:firms AS int), CAST(:road_km AS float8),
      CAST(:built_up_m2 AS float8), CAST(:patrollable_m2 AS float8)
    ), 0) AS row_hash
), known AS (
  SELECT row_hash FROM exposure
  WHERE layer_id = :layer_id AND grid_code = :grid_code AND counted_on = :counted_on
), written AS (
  INSERT INTO exposure (
    town_id, layer_id, grid_code, counted_on, residents, households, firms, road_km, built_up_m2, patrollable_m2, row_hash,
    load_run_id
  )
  SELECT
    :town_id, :layer_id, :grid_code, :counted_on, :residents, :households, :firms, :road_km, :built_up_m2, :patrollable_m2,
    row_hash, :run_id
  FROM given
  WHERE NOT EXISTS (SELECT 1 FROM known WHERE known.row_hash = given.row_hash)
  ON CONFLICT (layer_id, grid_code, counted_on) DO UPDATE
    SET
      residents = excluded.residents, households = excluded.households, firms = excluded.firms, road_km = excluded.road_km,
      built_up_m2 = excluded.built_up_m2, patrollable_m2 = excluded.patrollable_m2, row_hash = excluded.row_hash,
      load_run_id = excluded.load_run_id
  RETURNING 1
)
SELECT
  CASE
    WHEN NOT EXISTS (SELECT 1 FROM written) THEN 'unchanged'
    WHEN EXISTS (SELECT 1 FROM known) THEN 'updated'
    ELSE 'loaded'
  END AS outcome
