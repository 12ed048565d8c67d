-- closure_level: of the cases that ended in a period, how high each had to go, as it stood at an instant
-- names  : placement, keys, conditions
-- params : town_id, zone, since, until (timestamptz, until excluded), at; and those of the conditions
-- returns: the keys, n_ended, n_at_grid, n_at_village, n_at_town, n_at_county, n_at_unknown; one row a group that has any
-- used by: questions closure_level        index: case_span_ended_to_at_idx
-- A unit is known by its name here; should two of a town share one, the kind of the first by the alphabet counts.
{% from 'questions/_placed.sql' import within %}
{% from 'questions/_spanned.sql' import ended %}
{% from 'questions/_followed.sql' import state_of_p %}
WITH p AS (
  {{ ended(placement) }}
    AND s.to_at >= :since AND s.to_at < :until AND s.ended <> 'voided'
), kinds AS (
  SELECT
    unit.name,
    min(unit.kind) AS kind
  FROM unit
  WHERE unit.town_id = :town_id
  GROUP BY unit.name
), levels AS (
  SELECT
    {% for name, expression in keys %}
    {{ expression }} AS {{ name }},
    {% endfor %}
    CASE
      WHEN p.track = 'self_handled' THEN 'grid'
      WHEN kinds.kind = 'village' THEN 'village'
      WHEN kinds.kind IN ('body', 'squad', 'stationed', 'contractor') THEN 'town'
      WHEN kinds.kind = 'department' THEN 'county'
      ELSE 'unknown'
    END AS level
  FROM p
  LEFT JOIN kinds ON kinds.name = p.unit
  {{ state_of_p() }}
  WHERE TRUE
  {{ within(conditions) }}
)
SELECT
  {% for name, expression in keys %}
  {{ name }},
  {% endfor %}
  count(*) AS n_ended,
  count(*) FILTER (WHERE level = 'grid') AS n_at_grid,
  count(*) FILTER (WHERE level = 'village') AS n_at_village,
  count(*) FILTER (WHERE level = 'town') AS n_at_town,
  count(*) FILTER (WHERE level = 'county') AS n_at_county,
  count(*) FILTER (WHERE level = 'unknown') AS n_at_unknown
FROM levels
{% if keys %}
GROUP BY {% for name, expression in keys %}{{ loop.index }}{{ ', ' if not loop.last }}{% endfor %}

ORDER BY n_ended DESC{% for name, expression in keys %}, {{ loop.index }}{% endfor %}
{% endif %}
