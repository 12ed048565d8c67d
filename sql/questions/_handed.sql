{#
  Handovers until :at: a dispatch of a case to another unit than the one before.

  One row a handover: case_id (also id), at, unit (that passed the case on), to_unit, is_aba (it gave the case back to the unit
  that had just handed it on), lost_s, lost_work_s, reason, and what the case can be asked by. The caller appends conditions on
  h, such as AND h.at >= :since.

  placement  as in _placed.sql
#}
{% from 'questions/_asked_by.sql' import asked_by, joined %}
{% macro handed(placement) %}
SELECT
  h.case_id,
  h.case_id AS id,
  h.at,
  h.lost_s,
  h.lost_work_s,
  h.reason,
  h.is_aba,
  b.name AS to_unit,
  {{ asked_by('h') }}
FROM (SELECT o.*, o.from_unit_id AS unit_id FROM handover AS o) AS h
{{ joined('h', placement) }}
JOIN unit AS b ON b.id = h.to_unit_id
WHERE h.town_id = :town_id AND h.at <= :at
{% endmacro %}

{# Those of a period. params since, until (timestamptz, until excluded) #}
{% macro passed_on(placement) %}
{{ handed(placement) }}
  AND h.at >= :since AND h.at < :until
{% endmacro %}
