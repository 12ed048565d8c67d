{#
  The steps a question counts: what happened to cases beside their plain way, each with what its case can be asked by.

  One row a step: case_id, at, event (of store.courses.STEPS), reason, rating, unit (who answered just before it; after the
  end, who answered last), and what _asked_by.sql names. The caller appends conditions on t, such as
  AND t.event = 'rework' AND t.at >= :since: there is an index on town, event and time.

  placement  as in _placed.sql
#}
{% from 'questions/_asked_by.sql' import asked_by, joined %}
{% macro stepped(placement) %}
SELECT
  t.case_id,
  t.at,
  t.event,
  t.reason,
  t.rating,
  {{ asked_by('t') }}
FROM case_step AS t
{{ joined('t', placement) }}
WHERE t.town_id = :town_id AND t.at <= :at
{% endmacro %}
