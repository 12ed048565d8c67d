-- bounces: the cases reported in a period and dispatched, and how often each was handed on, as it stood at an instant
-- names  : placement, only_due, keys, conditions
-- params : town_id, zone, since, until (timestamptz, until excluded), at; and those of the conditions
-- returns: the keys, n_dispatched, n_direct, n_once, n_twice, n_more, n_handovers, n_aba, n_aba_cases, n_ended,
--          n_first_right, n_lost_s, n_lost_work_s; one row a group that has any
-- used by: questions bounces        index: case_span_ended_reported_at_idx, case_fact_pkey,
--                                          handover_town_id_at_idx
-- The unit asked by is the one a case was first dispatched to.
{% from 'questions/_placed.sql' import within %}
{% from 'questions/_bounced.sql' import bounced %}
{% from 'questions/_followed.sql' import state_of_p %}
WITH p AS (
  {{ bounced(placement, only_due) }}
)
SELECT
  {% for name, expression in keys %}
  {{ expression }} AS {{ name }},
  {% endfor %}
  count(*) AS n_dispatched,
  count(*) FILTER (WHERE p.n = 0) AS n_direct,
  count(*) FILTER (WHERE p.n = 1) AS n_once,
  count(*) FILTER (WHERE p.n = 2) AS n_twice,
  count(*) FILTER (WHERE p.n >= 3) AS n_more,
  CAST(coalesce(sum(p.n), 0) AS bigint) AS n_handovers,
  CAST(coalesce(sum(p.n_aba), 0) AS bigint) AS n_aba,
  count(*) FILTER (WHERE p.n_aba > 0) AS n_aba_cases,
  count(*) FILTER (WHERE p.to_at <= :at) AS n_ended,
  count(*) FILTER (WHERE p.to_at <= :at AND p.last_unit = p.unit) AS n_first_right,
  CAST(coalesce(sum(p.lost_s), 0) AS bigint) AS n_lost_s,
  CAST(coalesce(sum(p.lost_work_s), 0) AS bigint) AS n_lost_work_s
FROM p
{{ state_of_p() }}
WHERE TRUE
{{ within(conditions) }}
{% if keys %}
GROUP BY {% for name, expression in keys %}{{ loop.index }}{{ ', ' if not loop.last }}{% endfor %}

ORDER BY n_dispatched DESC{% for name, expression in keys %}, {{ loop.index }}{% endfor %}
{% endif %}
