-- other_limits: the cases of a town to which the catalogue now gives another limit than their course was derived with
-- params : town_id, only_fills (delivered deadlines do)
-- returns: case_id; a fragment for follow
-- used by: store.rollups, after catalogues
{% from 'load/rollups/_limits.sql' import limits %}
SELECT f.case_id
FROM case_fact AS f
JOIN case_record AS c ON c.id = f.case_id
LEFT JOIN (
  {{ limits() }}
) AS l ON l.item_id = c.item_id AND (c.due_at IS NULL OR :only_fills)
WHERE f.town_id = :town_id AND (l.limit_value, l.limit_unit) IS DISTINCT FROM (f.limit_value, f.limit_unit)
