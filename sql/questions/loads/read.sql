-- loads: what came in, when, from where
-- names  : conditions
-- params : town_id, at, limit, offset, and those of the conditions
-- returns: one row a load begun until :at, latest first; age_h = hours from the newest data in the file to :at
-- used by: questions loads        index: load_run_town_id_started_at_idx
SELECT
  p.run_id,
  p.kind,
  p.source,
  p.file_name,
  p.status,
  p.started_at,
  p.finished_at,
  p.n_read,
  p.n_loaded,
  p.n_updated,
  p.n_unchanged,
  p.n_duplicate,
  p.n_superseded,
  p.n_quarantined,
  p.newest_at,
  CAST(extract(EPOCH FROM :at - p.newest_at) / 3600 AS double precision) AS age_h
FROM (
  SELECT
    r.*,
    r.id AS run_id,
    s.code AS source
  FROM load_run AS r
  JOIN source AS s ON s.id = r.source_id
  WHERE r.town_id = :town_id AND r.started_at <= :at
) AS p
WHERE TRUE
{% for condition in conditions %}
  AND {{ condition }}
{% endfor %}
ORDER BY p.run_id DESC
LIMIT :limit OFFSET :offset
