-- noqa: disable=LT02
{#
  The cases that were urged, given a card or instructed by a leader in [:since, :until) until :at, and what became of each.

  One row a case, within what is grouped by (period and keys, see _grouped.sql): given_at and last_given_at (the first and the
  last of these times), given_unit (who answered at the last), n_urged, n_yellow_card, n_red_card, n_instructed (times),
  reply: cleared (ended since the first), overdue (open at :at, the deadline passed), waiting (open, not overdue), after_end
  (ended before the first).

  placement, period, keys, conditions   as in _happened.sql; conditions say which steps are counted
#}
{% from 'questions/_grouped.sql' import again %}
{% from 'questions/_happened.sql' import happened %}
{% set KINDS = ['urged', 'yellow_card', 'red_card', 'instructed'] %}
{% macro supervised(placement, period, keys, conditions) %}
SELECT
  c.*,
  CASE
    WHEN l.to_at <= :at THEN CASE WHEN l.to_at >= c.given_at THEN 'cleared' ELSE 'after_end' END
    WHEN l.due_at <= :at AND NOT l.is_paused THEN 'overdue'
    ELSE 'waiting'
  END AS reply
FROM (
  SELECT
    {{ again(period, keys) }}
    case_id,
    min(at) AS given_at,
    max(at) AS last_given_at,
    (array_agg(answered_by ORDER BY at DESC))[1] AS given_unit,
    {% for kind in KINDS %}
    count(*) FILTER (WHERE what = '{{ kind }}') AS n_{{ kind }}{{ ',' if not loop.last }}
    {% endfor %}
  FROM (
    {{ happened(placement, KINDS, period, keys, conditions) }}
  ) AS steps
  GROUP BY {{ again(period, keys) }} case_id
) AS c
LEFT JOIN LATERAL (
  SELECT s.to_at, s.due_at, s.is_paused
  FROM case_span AS s
  WHERE s.case_id = c.case_id AND s.from_at <= :at
  ORDER BY s.from_at DESC, s.to_at DESC NULLS FIRST
  LIMIT 1
) AS l ON TRUE
{% endmacro %}
