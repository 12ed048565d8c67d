-- node_times/units: the units that filters on the unit let through
-- names  : conditions (all name p.unit)
-- params : town_id; and those of the conditions
-- returns: unit (name; null = nobody answers)
-- used by: questions node_times        index: none (a town has tens of units)
{% from 'questions/_placed.sql' import within %}
SELECT p.unit
FROM (
  SELECT unit.name AS unit
  FROM unit
  WHERE unit.town_id = :town_id
  UNION
  SELECT NULL
) AS p
WHERE TRUE
{{ within(conditions) }}
