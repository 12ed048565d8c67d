-- time_to_close: when the cases reported in a period were reported, and when they ended, as it stood at an instant
-- names  : placement, only_due, keys, conditions
-- params : town_id, zone, since, until (timestamptz, until excluded), at; and those of the conditions
-- returns: the keys; reported, ended (arrays of instants as PostgreSQL sends them, element by element the same case;
--          -infinity = still open at :at); one row a group that has any, one row in all without keys
-- used by: questions time_to_close, closing_curve        index: case_span_ended_reported_at_idx, and those of running
-- Arrays, not rows: hundreds of thousands of cases come over in the time that thousands of rows take.
{% from 'questions/_placed.sql' import within %}
{% from 'questions/_followed.sql' import followed, state_of_p %}
WITH p AS (
  {{ followed(placement, only_due) }}
)
SELECT
  {% for name, expression in keys %}
  {{ expression }} AS {{ name }},
  {% endfor %}
  array_send(array_agg(p.reported_at)) AS reported,
  array_send(array_agg(CASE WHEN p.to_at <= :at THEN p.to_at ELSE '-infinity' END)) AS ended
FROM p
{{ state_of_p() }}
WHERE TRUE
{{ within(conditions) }}
{% if keys %}
GROUP BY {% for name, expression in keys %}{{ loop.index }}{{ ', ' if not loop.last }}{% endfor %}
{% endif %}
