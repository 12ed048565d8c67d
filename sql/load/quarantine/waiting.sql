-- waiting: the rows in quarantine
-- params : town_id; source (code, null = all)
-- returns: id, source, kind, row_no, reasons, raw, quarantined_at, run_id, file_name; one row a quarantined row
-- used by: store.quarantined
SELECT
  q.id,
  s.code AS source,
  q.kind,
  q.row_no,
  q.reasons,
  q.raw,
  q.quarantined_at,
  q.last_run_id AS run_id,
  r.file_name
FROM quarantine AS q
JOIN source AS s ON s.id = q.source_id
JOIN load_run AS r ON r.id = q.last_run_id
WHERE
  q.town_id = :town_id AND q.resolved_at IS NULL
  AND (CAST(:source AS text) IS NULL OR s.code = :source)
ORDER BY q.id
