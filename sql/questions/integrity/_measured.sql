{#
  The dispatched cases closed in [:since, :until) whose end stands at :at and is the one their facts tell of, each with its keys
  and what the indicators measure: <indicator>_s in seconds (infinity = not so, null = does not apply), and granted_s.

  names   placement, keys, conditions        params   those of _spanned.sql, month_begins (timestamptz[], the end of the last one
          included)
#}
{% from 'questions/_grouped.sql' import chosen %}
{% from 'questions/_placed.sql' import within %}
{% from 'questions/_spanned.sql' import ended %}
{% macro measured(placement, keys, conditions) %}
SELECT
  {{ chosen(none, none, keys) }}
  p.case_no,
  p.to_at,
  f.granted_s,
  CASE WHEN f.handled_at IS NOT NULL THEN CASE WHEN f.is_self_closed THEN 0 ELSE never.s END END AS self_closed_s,
  CAST(extract(EPOCH FROM f.handled_at - f.dispatched_at) AS double precision) AS instant_s,
  CAST(
    extract(
      EPOCH FROM (CAST(:month_begins AS timestamptz[]))[
        width_bucket(p.to_at, CAST(:month_begins AS timestamptz[])) + 1
      ] - p.to_at
    ) AS double precision
  ) AS month_end_s,
  CASE WHEN f.due_at IS NOT NULL THEN CASE WHEN f.asked_before_due_s >= 0 THEN f.asked_before_due_s ELSE never.s END END
    AS asked_late_s,
  CASE
    WHEN f.handled_before_due_s >= 0 THEN f.handled_before_due_s
    WHEN f.handled_before_due_s < 0 THEN never.s
  END AS just_in_time_s,
  CASE WHEN f.checked_at IS NOT NULL THEN CASE WHEN f.n_rework = 0 THEN 0 ELSE never.s END END AS always_passed_s
FROM (
  {{ ended(placement) }}
    AND s.ended IN ('closed', 'forced_closed') AND s.to_at >= :since AND s.to_at < :until
) AS p
JOIN case_fact AS f ON f.case_id = p.case_id AND f.ended_at = p.to_at
CROSS JOIN (SELECT CAST('infinity' AS double precision) AS s) AS never
WHERE TRUE
{{ within(conditions) }}
{% endmacro %}
