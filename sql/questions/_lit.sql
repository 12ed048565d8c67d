{#
  The open cases with their lights: the stretches of `running` (_spanned.sql) and what follows from their stored instants.

  light       'green', 'yellow', 'red' (the deadline has passed), 'deep_red' (so long past it as the rules say), 'grey' (the
              clock stands, or there is no deadline). Red and deep red are the overdue.
  is_at_risk  as much of the time is used as the rules say (80 %), and the deadline has not passed
  paused_at   since when a case in 挂账 or 缓办 has been in it without a break; null for others
#}
{% from 'questions/_spanned.sql' import running %}

{% macro light(s, at=':at') %}
CASE
  WHEN {{ s }}.is_paused OR {{ s }}.due_at IS NULL THEN 'grey'
  WHEN {{ s }}.due_at <= {{ at }} AND {{ s }}.black_at <= {{ at }} THEN 'deep_red'
  WHEN {{ s }}.due_at <= {{ at }} THEN 'red'
  WHEN {{ s }}.yellow_at <= {{ at }} THEN 'yellow'
  ELSE 'green'
END
{% endmacro %}

{% macro at_risk(s, at=':at') %}
NOT {{ s }}.is_paused AND coalesce({{ s }}.risk_at <= {{ at }} AND {{ s }}.due_at > {{ at }}, FALSE)
{% endmacro %}

{# A pause may be cut into several stretches; it began where the stretch before them ended. #}
{% macro paused(s) %}
CASE
  WHEN {{ s }}.stage IN ('suspended', 'deferred') THEN coalesce(
    (
      SELECT max(b.to_at) FROM case_span AS b
      WHERE b.case_id = {{ s }}.case_id AND b.to_at <= {{ s }}.from_at AND b.stage <> {{ s }}.stage
    ),
    (SELECT min(b.from_at) FROM case_span AS b WHERE b.case_id = {{ s }}.case_id)
  )
END
{% endmacro %}

{% macro lit(placement) %}
SELECT
  r.*,
  {{ light('r') }} AS light,
  {{ at_risk('r') }} AS is_at_risk,
  {{ paused('r') }} AS paused_at
FROM (
  {{ running(placement) }}
) AS r
{% endmacro %}
