-- keep: the faulty rows of a staged file; the same row again is the same entry, seen once more
-- names  : stage (table)
-- params : town_id, source_id, run_id, kind
-- returns: nothing; rows in quarantine
-- used by: pipelines.quarantine        index: quarantine_source_id_kind_row_key_key
INSERT INTO quarantine (town_id, source_id, first_run_id, last_run_id, kind, row_key, row_no, reasons, raw)
SELECT :town_id, :source_id, :run_id, :run_id, :kind, f.row_key, f.row_no, f.reasons, f.raw
FROM (
  SELECT DISTINCT ON (row_key)
    row_no,
    -- A row that could not be split is known by its place in its file, any other by its content.
    CAST(md5(coalesce(raw, :file_sha256 || ':' || row_no || ':' || reasons)) AS uuid) AS row_key,
    ARRAY(SELECT jsonb_array_elements_text(CAST(reasons AS jsonb))) AS reasons,
    CAST(raw AS jsonb) AS raw
  FROM {{ stage | identifier }}
  ORDER BY row_key, row_no
) AS f
ORDER BY f.row_no
ON CONFLICT (source_id, kind, row_key) DO UPDATE
SET last_run_id = excluded.last_run_id, row_no = excluded.row_no, reasons = excluded.reasons, resolved_run_id = NULL, resolved_at = NULL
