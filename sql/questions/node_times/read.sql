-- node_times: how long the cases that ended in a period had spent at each node, as it stood at an instant
-- names  : placement, keys, conditions (neither names the unit), by_unit
-- params : town_id, zone, since, until (timestamptz, until excluded), at; and those of the conditions
-- returns: the keys, where by_unit also last_unit (who answered in the end); plain (integers by case and column: seconds and
--          working seconds at intake, verify, dispatch, sign, handle, check, close), others (ids of the cases whose way was
--          not plain), both as PostgreSQL sends arrays; one row a group that has any, one row in all without keys
-- used by: questions node_times        index: case_span_ended_to_at_idx, case_fact_pkey
-- Plain: dispatched at most once, never sent back, paused or reopened, so that what is kept of the case (case_fact) was true
-- already at :at, and one unit answered from 签收 on and none before. The way of the others is read stretch by stretch.
{% from 'questions/_placed.sql' import within %}
{% from 'questions/_spanned.sql' import ended %}
{% from 'questions/_followed.sql' import state_of_p %}
WITH p AS (
  {{ ended(placement) }}
    AND s.to_at >= :since AND s.to_at < :until AND s.ended <> 'voided'
), told AS (
  SELECT
    {% for name, expression in keys %}
    {{ expression }} AS {{ name }},
    {% endfor %}
    {% if by_unit %}
    p.unit AS last_unit,
    {% endif %}
    p.case_id,
    CAST(ARRAY[
      f.intake_s, f.intake_work_s, f.verify_s, f.verify_work_s, f.dispatch_s, f.dispatch_work_s, f.sign_s, f.sign_work_s,
      f.handle_s, f.handle_work_s, f.check_s, f.check_work_s, f.close_s, f.close_work_s
    ] AS integer[]) AS seconds,
    (
      p.track = 'dispatched' AND NOT f.is_flat AND f.ended_at = p.to_at AND f.n_dispatched <= 1 AND f.n_returned = 0
      AND f.n_rework = 0 AND f.n_suspended = 0 AND f.n_deferred = 0 AND f.n_reopened = 0
    ) AS is_plain
  FROM p
  JOIN case_fact AS f ON f.case_id = p.case_id
  {{ state_of_p() }}
  WHERE TRUE
  {{ within(conditions) }}
)
SELECT
  {% for name, expression in keys %}
  {{ name }},
  {% endfor %}
  {% if by_unit %}
  last_unit,
  {% endif %}
  array_send(array_agg(seconds) FILTER (WHERE is_plain)) AS plain,
  array_send(array_agg(case_id) FILTER (WHERE NOT is_plain)) AS others
FROM told
{% if keys or by_unit %}
GROUP BY {% for name, expression in keys %}{{ name }}{{ ', ' if by_unit or not loop.last }}{% endfor %}{{ 'last_unit' if by_unit }}
{% endif %}
