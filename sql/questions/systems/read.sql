-- systems: the connected systems with what their loads brought and what became of it
-- params : town_id, at, since_at (loads begun from then on are counted; null = all)
-- returns: one row a system that anything was ever loaded of: source_id, source, source_zh, source_en, kinds (codes, by commas),
--          n_loads, n_read, n_loaded, n_updated, n_unchanged, n_duplicate, n_superseded, n_quarantined (of the finished loads
--          counted), n_failed_since (loads that failed after the last finished one), last_load_at, newest_at (latest instant told
--          of, not after :at), n_held (rows in quarantine now), n_outside and n_unlocated (cases reported until :at)
-- used by: questions systems        index: load_run_town_id_started_at_idx, case_record_grid_id_idx
WITH done AS (
  SELECT
    r.source_id,
    max(r.id) FILTER (WHERE r.status = 'done') AS last_id,
    max(r.finished_at) FILTER (WHERE r.status = 'done') AS last_load_at,
    max(r.newest_at) FILTER (WHERE r.status = 'done' AND r.newest_at <= :at) AS newest_at,
    string_agg(DISTINCT r.kind, ',' ORDER BY r.kind) AS kinds
  FROM load_run AS r
  WHERE r.town_id = :town_id
  GROUP BY r.source_id
), counted AS (
  SELECT
    r.source_id,
    count(*) AS n_loads,
    sum(r.n_read) AS n_read,
    sum(r.n_loaded) AS n_loaded,
    sum(r.n_updated) AS n_updated,
    sum(r.n_unchanged) AS n_unchanged,
    sum(r.n_duplicate) AS n_duplicate,
    sum(r.n_superseded) AS n_superseded,
    sum(r.n_quarantined) AS n_quarantined
  FROM load_run AS r
  WHERE
    r.town_id = :town_id AND r.status = 'done'
    AND (CAST(:since_at AS timestamptz) IS NULL OR r.started_at >= :since_at)
  GROUP BY r.source_id
), waiting AS (
  SELECT
    q.source_id,
    count(*) AS n_held
  FROM quarantine AS q
  WHERE q.town_id = :town_id AND q.resolved_at IS NULL
  GROUP BY q.source_id
), nowhere AS (
  SELECT
    c.source_id,
    count(*) FILTER (WHERE c.place_status = 'outside') AS n_outside,
    count(*) FILTER (WHERE c.place_status = 'unlocated') AS n_unlocated
  FROM case_record AS c
  WHERE c.town_id = :town_id AND c.grid_id IS NULL AND c.reported_at <= :at
  GROUP BY c.source_id
)
SELECT
  s.id AS source_id,
  s.code AS source,
  coalesce(s.name_zh, s.name, s.code) AS source_zh,
  coalesce(s.name, s.code) AS source_en,
  d.kinds,
  coalesce(n.n_loads, 0) AS n_loads,
  coalesce(n.n_read, 0) AS n_read,
  coalesce(n.n_loaded, 0) AS n_loaded,
  coalesce(n.n_updated, 0) AS n_updated,
  coalesce(n.n_unchanged, 0) AS n_unchanged,
  coalesce(n.n_duplicate, 0) AS n_duplicate,
  coalesce(n.n_superseded, 0) AS n_superseded,
  coalesce(n.n_quarantined, 0) AS n_quarantined,
  (
    SELECT count(*) FROM load_run AS f
    WHERE f.source_id = s.id AND f.status = 'failed' AND (d.last_id IS NULL OR f.id > d.last_id)
  ) AS n_failed_since,
  d.last_load_at,
  d.newest_at,
  coalesce(w.n_held, 0) AS n_held,
  coalesce(o.n_outside, 0) AS n_outside,
  coalesce(o.n_unlocated, 0) AS n_unlocated
FROM done AS d
JOIN source AS s ON s.id = d.source_id
LEFT JOIN counted AS n ON n.source_id = d.source_id
LEFT JOIN waiting AS w ON w.source_id = d.source_id
LEFT JOIN nowhere AS o ON o.source_id = d.source_id
ORDER BY s.code
