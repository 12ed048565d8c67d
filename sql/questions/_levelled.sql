-- noqa: disable=LT02
{#
  The cases that ended in a period, as they stood at :at, and how high each had to go: one row a case with the keys, case_id,
  to_at and level: grid, village, town, county, unknown. A unit is known by its name here; should two of a town share one, the
  kind of the first by the alphabet counts.

  placement, conditions  as in _placed.sql            keys  list of [name, expression] on the alias p
  params                 since, until (timestamptz, until excluded), at
#}
{% from 'questions/_placed.sql' import within %}
{% from 'questions/_spanned.sql' import ended %}
{% from 'questions/_followed.sql' import state_of_p %}
{% macro levelled(placement, keys, conditions) %}
SELECT
  {% for name, expression in keys %}
  {{ expression }} AS {{ name }},
  {% endfor %}
  p.case_id,
  p.to_at,
  CASE
    WHEN p.track = 'self_handled' THEN 'grid'
    WHEN kinds.kind = 'village' THEN 'village'
    WHEN kinds.kind IN ('body', 'squad', 'stationed', 'contractor') THEN 'town'
    WHEN kinds.kind = 'department' THEN 'county'
    ELSE 'unknown'
  END AS level
FROM (
  {{ ended(placement) }}
    AND s.to_at >= :since AND s.to_at < :until AND s.ended <> 'voided'
) AS p
LEFT JOIN (
  SELECT
    unit.name,
    min(unit.kind) AS kind
  FROM unit
  WHERE unit.town_id = :town_id
  GROUP BY unit.name
) AS kinds ON kinds.name = p.unit
{{ state_of_p() }}
WHERE TRUE
{{ within(conditions) }}
{% endmacro %}
