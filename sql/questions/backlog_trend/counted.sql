-- counted: open cases and their lights at the ends of several periods, from the stretches
-- names  : placement, keys (list of [name, expression]), conditions
-- params : town_id, zone, numbers (integer[]) and ends (timestamptz[]) of the periods, first_at and last_at (of these ends), and those
--          of the conditions
-- returns: number, the keys, n_open, n_with_deadline, n_overdue, n_at_risk, n_red, n_yellow, n_green, n_grey; one row a period and
--          group that has open cases at its end
-- used by: questions backlog_trend        index: case_span_town_id_length_class_from_at_to_at_idx;
--          case_span_town_id_grid_id_from_at_idx
{% from 'questions/_placed.sql' import within %}
{% from 'questions/_lit.sql' import at_risk, light %}
{% from 'questions/_spanned.sql' import running_at_each %}
WITH p AS (
  {{ running_at_each(placement) }}
), lit AS (
  SELECT
    p.number,
    {% for name, expression in keys %}
    {{ expression }} AS {{ name }},
    {% endfor %}
    p.due_at,
    {{ at_risk('p', 'p.seen_at') }} AS is_at_risk,
    {{ light('p', 'p.seen_at') }} AS light
  FROM p
  CROSS JOIN LATERAL (SELECT p.state AS event) AS was
  WHERE TRUE
  {{ within(conditions) }}
)
SELECT
  number,
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
  count(*) FILTER (WHERE light = 'grey') AS n_grey
FROM lit
GROUP BY 1{% for name, expression in keys %}, {{ loop.index + 1 }}{% endfor %}
