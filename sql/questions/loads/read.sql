-- loads: what came in, when, from where
-- names  : conditions
-- params : town_id, at, limit, offset, and those of the conditions
-- returns: one row a load begun until :at, latest first; age_h = hours from the newest data in the file to :at
-- used by: questions loads        index: load_run_town_id_started_at_idx
SELECT
  r.id AS run_id,
  r.kind,
  s.code AS source,
  r.file_name,
  r.status,
  r.started_at,
  r.finished_at,
  r.n_read,
  r.n_loaded,
  r.n_updated,
  r.n_unchanged,
  r.n_duplicate,
  r.n_superseded,
  r.n_quarantined,
  r.newest_at,
  CAST(extract(EPOCH FROM :at - r.newest_at) / 3600 AS double precision) AS age_h
FROM load_run AS r
JOIN source AS s ON s.id = r.source_id
WHERE r.town_id = :town_id AND r.started_at <= :at
{% for condition in conditions %}
  AND {{ condition }}
{% endfor %}
ORDER BY r.id DESC
LIMIT :limit OFFSET :offset
