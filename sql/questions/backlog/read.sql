-- backlog: open cases at an instant, and their lights
-- names  : placement, keys (list of [name, expression]), conditions
-- params : town_id, zone, at (timestamptz: what happened at or before it has happened), and those of the conditions
-- returns: the keys, n_open, n_with_deadline, n_overdue, n_at_risk, n_red, n_yellow, n_green, n_grey, oldest_at (timestamptz
--          UTC); one row a group that has open cases
-- used by: questions backlog        index: case_span_town_id_from_at_idx, case_span_long_idx
{% from 'questions/_placed.sql' import within %}
{% from 'questions/_lit.sql' import at_risk, light %}
{% from 'questions/_spanned.sql' import running %}
WITH p AS (
  {{ running(placement) }}
), lit AS (
  SELECT
    {% for name, expression in keys %}
    {{ expression }} AS {{ name }},
    {% endfor %}
    p.due_at,
    p.reported_at,
    {{ at_risk('p') }} AS is_at_risk,
    {{ light('p') }} AS light
  FROM p
  CROSS JOIN LATERAL (SELECT p.state AS event) AS was
  WHERE TRUE
  {{ within(conditions) }}
)
SELECT
  {% for name, expression in keys %}
  {{ name }},
  {% endfor %}
  count(*) AS n_open,
  count(due_at) AS n_with_deadline,
  count(*) FILTER (WHERE light IN ('red', 'deep_red')) AS n_overdue,
  count(*) FILTER (WHERE is_at_risk) AS n_at_risk,
  count(*) FILTER (WHERE light IN ('red', 'deep_red')) AS n_red,
  count(*) FILTER (WHERE light = 'yellow') AS n_yellow,
  count(*) FILTER (WHERE light = 'green') AS n_green,
  count(*) FILTER (WHERE light = 'grey') AS n_grey,
  min(reported_at) AS oldest_at
FROM lit
{% if keys %}
GROUP BY {% for name, expression in keys %}{{ loop.index }}{{ ', ' if not loop.last }}{% endfor %}

ORDER BY n_open DESC{% for name, expression in keys %}, {{ loop.index }}{% endfor %}
{% endif %}
