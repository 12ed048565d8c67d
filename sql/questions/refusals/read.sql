-- refusals: why rows wait in quarantine
-- names  : conditions
-- params : town_id, limit, offset, and those of the conditions
-- returns: source, kind, reason, n_held (rows that have it), since_at (when the first of them was set aside); one row a system,
--          kind of file and reason, most rows first
-- used by: questions refusals
{% from 'questions/_refused.sql' import refused %}
SELECT
  p.source,
  p.kind,
  p.reason,
  count(DISTINCT p.id) AS n_held,
  min(p.quarantined_at) AS since_at
FROM (
  {{ refused() }}
) AS p
WHERE TRUE
{% for condition in conditions %}
  AND {{ condition }}
{% endfor %}
GROUP BY p.source, p.kind, p.reason
ORDER BY n_held DESC, p.source, p.kind, p.reason
LIMIT :limit OFFSET :offset
