-- quarantined: the rows that wait in quarantine, as they came (personal cells replaced)
-- names  : conditions
-- params : town_id, limit, offset, and those of the conditions
-- returns: run_id (of the load that met it last), source, kind, file_name, row_no, reasons (by semicolons), raw (JSON; null where
--          the row could not be split), quarantined_at, n_all (rows in all); one row a quarantined row, the latest file first
-- used by: questions quarantined
{% from 'questions/_refused.sql' import refused %}
SELECT
  q.last_run_id AS run_id,
  s.code AS source,
  q.kind,
  r.file_name,
  q.row_no,
  array_to_string(q.reasons, '; ') AS reasons,
  CAST(q.raw AS text) AS raw,
  q.quarantined_at,
  count(*) OVER () AS n_all
FROM quarantine AS q
JOIN source AS s ON s.id = q.source_id
JOIN load_run AS r ON r.id = q.last_run_id
WHERE q.id IN (
  SELECT p.id
  FROM (
    {{ refused() }}
  ) AS p
  WHERE TRUE
  {% for condition in conditions %}
    AND {{ condition }}
  {% endfor %}
)
ORDER BY q.last_run_id DESC, q.row_no, q.id
LIMIT :limit OFFSET :offset
