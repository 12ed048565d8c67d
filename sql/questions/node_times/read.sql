-- node_times: how long the cases that ended in a period had spent at each node, as it stood at an instant
-- names  : placement, only_due, keys, conditions (neither names the unit), by_unit
-- params : town_id, zone, since, until (timestamptz, until excluded), at; and those of the conditions
-- returns: the keys, where by_unit also last_unit (who answered in the end); plain (integers by case and column: seconds and
--          working seconds at intake, verify, dispatch, sign, handle, check, close), others (ids of the cases whose way was
--          not plain), both as PostgreSQL sends arrays; one row a group that has any, one row in all without keys
-- used by: questions node_times        index: case_span_ended_to_at_idx, case_span_due_ended_to_at_idx
-- Plain: dispatched at most once, never sent back, paused or reopened, so that what is kept with the end (waits) was true
-- already at :at, and one unit answered from 签收 on and none before. The way of the others is read stretch by stretch.
{% from 'questions/_placed.sql' import within %}
{% from 'questions/_spanned.sql' import ended %}
{% from 'questions/_followed.sql' import state_of_p %}
WITH p AS (
  {{ ended(placement, only_due) }}
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
    p.waits
  FROM p
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
  array_send(array_agg(waits) FILTER (WHERE waits IS NOT NULL)) AS plain,
  array_send(array_agg(case_id) FILTER (WHERE waits IS NULL)) AS others
FROM told
{% if keys or by_unit %}
GROUP BY {% for name, expression in keys %}{{ name }}{{ ', ' if by_unit or not loop.last }}{% endfor %}{{ 'last_unit' if by_unit }}
{% endif %}
