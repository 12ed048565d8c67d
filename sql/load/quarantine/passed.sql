-- passed: rows that an earlier load of the same file set aside and this one did not are resolved
-- params : source_id, kind, run_id, file_sha256
-- returns: nothing; rows of quarantine resolved
-- used by: store.quarantined, after keep
UPDATE quarantine AS q
SET resolved_run_id = :run_id, resolved_at = now()
FROM load_run AS r
WHERE
  q.source_id = :source_id AND q.kind = :kind AND q.resolved_at IS NULL AND q.last_run_id <> :run_id
  AND r.id = q.last_run_id AND r.file_sha256 = :file_sha256
