-- cases: the list of cases
-- names  : placement, conditions, order (list of expressions), counted (TRUE: only n), needs_state (a condition asks for it)
-- params : town_id, zone, at, moves, leads_to, set_id or layer_id by placement, limit, offset, and those of the conditions
-- returns: one row a case reported until :at, as it was at :at; or n
-- used by: questions cases        index: case_record_town_id_reported_at_closed_at_idx
{% from 'questions/_placed.sql' import placed, within %}
{% from 'questions/_was.sql' import was %}
{% macro then() %}
LEFT JOIN LATERAL (
  {{ was() }}
) AS was ON TRUE
{% endmacro %}
WITH listed AS (
  {{ placed(placement) }}
    AND c.reported_at <= :at
), p AS (
  SELECT
    listed.*,
    closed_at IS NULL OR closed_at > :at AS is_open,
    (closed_at IS NULL OR closed_at > :at) AND coalesce(due_at < :at, FALSE) AS is_overdue
  FROM listed
)
{% if counted %}
SELECT count(*) AS n
FROM p
{{ then() if needs_state }}
WHERE TRUE
{{ within(conditions) }}
{% else %}
SELECT
  p.case_no,
  p.reported_at,
  CASE WHEN p.closed_at <= :at THEN p.closed_at END AS closed_at,
  p.due_at,
  p.is_open,
  p.is_overdue,
  was.event AS state,
  p.status_text,
  p.track,
  p.is_urgent,
  p.is_duplicate,
  p.source,
  p.channel,
  p.category,
  p.subcategory,
  p.description,
  p.address,
  p.place_name,
  p.placed AS place_status,
  g.code AS grid_code,
  g.name AS grid_name,
  up.code AS parent_code,
  p.unit,
  p.line,
  p.day_only,
  ST_AsBinary(p.geom) AS geom
FROM p
LEFT JOIN grid AS g ON g.id = p.path[cardinality(p.path)]
LEFT JOIN grid AS up ON up.id = g.parent_id
{{ then() }}
WHERE TRUE
{{ within(conditions) }}
ORDER BY {{ order | join(', ') }}
LIMIT :limit OFFSET :offset
{% endif %}
