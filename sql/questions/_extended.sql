{#
  What was asked and decided about extensions in a period: one row a step as in _happened.sql (what: extension_asked, extended,
  extension_refused), and is_late: asked for no longer than :shortly_s before the deadline that held then.

  placement, period, keys, conditions, params  as in _happened.sql; and shortly_s (seconds)
#}
{% from 'questions/_happened.sql' import happened %}
{% macro extension_steps(placement, period, keys, conditions) %}
-- The deadline that held when it was asked for: that of the stretch that ran just before.
SELECT
  s.*,
  d.due_at IS NOT NULL AND s.at > d.due_at - make_interval(secs => :shortly_s) AND s.at <= d.due_at AS is_late
FROM (
  {{ happened(placement, ['extension_asked', 'extended', 'extension_refused'], period, keys, conditions) }}
) AS s
LEFT JOIN LATERAL (
  SELECT l.due_at
  FROM case_span AS l
  WHERE s.what = 'extension_asked' AND l.case_id = s.case_id AND l.from_at <= s.at
  ORDER BY l.from_at < s.at DESC, l.from_at DESC
  LIMIT 1
) AS d ON TRUE
{% endmacro %}
