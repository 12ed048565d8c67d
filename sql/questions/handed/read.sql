-- handed: the handovers of a period, one by one
-- names  : placement, conditions, needs_state, counted (TRUE: only how many there are)
-- params : town_id, zone, since, until (timestamptz, until excluded), at; limit, offset; and those of the conditions
-- returns: one row a handover, the latest first: case_no, source, reported_at, handed_at, from_unit, to_unit, reason, is_aba,
--          lost_s, lost_work_s, category, subcategory, address, place_name, place_status, grid_code, grid_name; or n
-- used by: questions handed        index: handover_town_id_at_idx
{% from 'questions/_placed.sql' import within %}
{% from 'questions/_was.sql' import was %}
{% from 'questions/_handed.sql' import passed_on %}
WITH p AS (
  {{ passed_on(placement) }}
)
{% if counted %}
SELECT count(*) AS n
{% else %}
SELECT
  p.case_no,
  p.source,
  p.reported_at,
  p.at AS handed_at,
  p.unit AS from_unit,
  p.to_unit,
  p.reason,
  p.is_aba,
  p.lost_s,
  p.lost_work_s,
  p.category,
  p.subcategory,
  p.address,
  p.place_name,
  p.placed AS place_status,
  g.code AS grid_code,
  g.name AS grid_name
{% endif %}
FROM p
{% if not counted %}
LEFT JOIN grid AS g ON g.id = p.path[cardinality(p.path)]
{% endif %}
{% if needs_state %}
LEFT JOIN LATERAL ({{ was() }}) AS was ON TRUE
{% endif %}
WHERE TRUE
{{ within(conditions) }}
{% if not counted %}
ORDER BY p.at DESC, p.case_no, p.source
LIMIT :limit OFFSET :offset
{% endif %}
