{#
  The dispatched cases closed in [:since, :until) whose end stands at :at, each with its keys and what the indicators measure:
  <indicator>_s in seconds (infinity = not so, null = does not apply), and granted_s.

  What the facts kept of a case tell is true of its last end. A case that was opened again after :at has gone on since: what was
  true of the end that stands at :at comes in arrays, element by element the same case (see questions.gone_on).

  names   placement, keys, conditions, gone_on (there are such cases)
  params  those of _spanned.sql, month_begins (timestamptz[], the end of the last one included); where gone_on
          gone_<column> for each of gone_on/read.sql
#}
{% from 'questions/_grouped.sql' import chosen %}
{% from 'questions/_placed.sql' import within %}
{% from 'questions/_spanned.sql' import ended %}
{% macro kept() %}
SELECT
  case_id,
  ended_at,
  granted_s,
  dispatched_at,
  handled_at,
  is_self_closed,
  due_at IS NOT NULL AS has_due,
  asked_before_due_s,
  handled_before_due_s,
  checked_at IS NOT NULL AS is_checked,
  n_rework
FROM case_fact
{% endmacro %}

{% macro gone() %}
SELECT *
FROM unnest(
  CAST(:gone_case_id AS bigint[]), CAST(:gone_ended_at AS timestamptz[]), CAST(:gone_granted_s AS bigint[]),
  CAST(:gone_dispatched_at AS timestamptz[]), CAST(:gone_handled_at AS timestamptz[]),
  CAST(:gone_is_self_closed AS boolean[]), CAST(:gone_has_due AS boolean[]), CAST(:gone_asked_before_due_s AS bigint[]),
  CAST(:gone_handled_before_due_s AS bigint[]), CAST(:gone_is_checked AS boolean[]), CAST(:gone_n_rework AS integer[])
) AS o (
  case_id, ended_at, granted_s, dispatched_at, handled_at, is_self_closed, has_due, asked_before_due_s,
  handled_before_due_s, is_checked, n_rework
)
{% endmacro %}

{% macro measures(placement, keys, conditions, gone_on) %}
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
  CASE WHEN f.has_due THEN CASE WHEN f.asked_before_due_s >= 0 THEN f.asked_before_due_s ELSE never.s END END AS asked_late_s,
  CASE
    WHEN f.handled_before_due_s >= 0 THEN f.handled_before_due_s
    WHEN f.handled_before_due_s < 0 THEN never.s
  END AS just_in_time_s,
  CASE WHEN f.is_checked THEN CASE WHEN f.n_rework = 0 THEN 0 ELSE never.s END END AS always_passed_s
FROM (
  {{ ended(placement) }}
    AND s.ended IN ('closed', 'forced_closed') AND s.to_at >= :since AND s.to_at < :until
    {{ 'AND s.case_id = ANY(CAST(:gone_case_id AS bigint[]))' if gone_on }}
) AS p
JOIN (
  {{ gone() if gone_on else kept() }}
) AS f ON f.case_id = p.case_id AND f.ended_at = p.to_at
CROSS JOIN (SELECT CAST('infinity' AS double precision) AS s) AS never
WHERE TRUE
{{ within(conditions) }}
{% endmacro %}

{% macro measured(placement, keys, conditions, gone_on) %}{{ measures(placement, keys, conditions, False) }}{#
#}{{ 'UNION ALL' ~ measures(placement, keys, conditions, True) if gone_on }}{% endmacro %}
