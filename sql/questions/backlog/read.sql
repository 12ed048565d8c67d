-- backlog: open cases at an instant
-- names  : placement, keys (list of [name, expression]), conditions, needs_state
-- params : town_id, zone, at (timestamptz: what happened at or before it has happened), moves, leads_to, and those of the
--          conditions
-- returns: the keys, n_open, n_with_deadline, n_overdue, oldest_at (timestamptz UTC); one row a group that has open cases
-- used by: questions backlog        index: case_record_open_idx, case_record_town_id_closed_at_idx
{% from 'questions/_placed.sql' import placed, within %}
{% from 'questions/_was.sql' import was %}
WITH p AS (
  {{ placed(placement) }}
    AND c.reported_at <= :at AND (c.closed_at IS NULL OR c.closed_at > :at)
)
SELECT
  {% for name, expression in keys %}
  {{ expression }} AS {{ name }},
  {% endfor %}
  count(*) AS n_open,
  count(p.due_at) AS n_with_deadline,
  count(*) FILTER (WHERE p.due_at < :at) AS n_overdue,
  min(p.reported_at) AS oldest_at
FROM p
{% if needs_state %}
CROSS JOIN LATERAL (
  {{ was() }}
) AS was
{% endif %}
WHERE TRUE
{{ within(conditions) }}
{% if keys %}
GROUP BY {% for name, expression in keys %}{{ loop.index }}{{ ', ' if not loop.last }}{% endfor %}

ORDER BY n_open DESC{% for name, expression in keys %}, {{ loop.index }}{% endfor %}
{% endif %}
