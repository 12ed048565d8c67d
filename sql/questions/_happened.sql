{#
  Steps of cases in a period, chosen and grouped by: one row an event in [:since, :until) that happened until :at, with the
  period it lies in, the keys (the unit that answered then), what (the event), case_id, at, rating, answered_by (that unit).

  events   codes of the process: a list of ours, never a value from outside
#}
{% from 'questions/_placed.sql' import within %}
{% from 'questions/_stepped.sql' import stepped %}
{% from 'questions/_grouped.sql' import chosen %}
{% macro happened(placement, events, period, keys, conditions) %}
SELECT
  {{ chosen(period, 'p.at', keys) }}
  p.event AS what,
  p.case_id,
  p.at,
  p.rating,
  p.unit AS answered_by
FROM (
  {{ stepped(placement) }}
    AND t.at >= :since AND t.at < :until
    AND t.event IN ({% for event in events %}'{{ event }}'{{ ', ' if not loop.last }}{% endfor %})
) AS p
WHERE TRUE
{{ within(conditions) }}
{% endmacro %}
