-- handover: which unit handed cases on to which, in a period
-- names  : placement, keys, conditions, needs_state
-- params : town_id, zone, since, until (timestamptz, until excluded), at; and those of the conditions
-- returns: the keys, from_unit, to_unit, reason; n_handovers, n_aba, lost_s, lost_work_s, and cases (their ids); one row a
--          group, pair and reason that has any
-- used by: questions handover        index: handover_town_id_at_idx
-- The unit asked by is the one that passed the case on.
{% from 'questions/_placed.sql' import within %}
{% from 'questions/_was.sql' import was %}
{% from 'questions/_handed.sql' import passed_on %}
WITH p AS (
  {{ passed_on(placement) }}
)
SELECT
  {% for name, expression in keys %}
  {{ expression }} AS {{ name }},
  {% endfor %}
  p.unit AS from_unit,
  p.to_unit,
  p.reason,
  count(*) AS n_handovers,
  count(*) FILTER (WHERE p.is_aba) AS n_aba,
  CAST(sum(p.lost_s) AS bigint) AS lost_s,
  CAST(sum(p.lost_work_s) AS bigint) AS lost_work_s,
  array_agg(DISTINCT p.case_id) AS cases
FROM p
{% if needs_state %}
LEFT JOIN LATERAL ({{ was() }}) AS was ON TRUE
{% endif %}
WHERE TRUE
{{ within(conditions) }}
GROUP BY {% for name, expression in keys %}{{ loop.index }}, {% endfor %}p.unit, p.to_unit, p.reason
