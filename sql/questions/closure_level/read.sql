-- closure_level: of the cases that ended in a period, how high each had to go, as it stood at an instant
-- names  : placement, keys, conditions
-- params : town_id, zone, since, until (timestamptz, until excluded), at; and those of the conditions
-- returns: the keys, n_ended, n_at_grid, n_at_village, n_at_town, n_at_county, n_at_unknown; one row a group that has any
-- used by: questions closure_level        index: case_span_ended_to_at_idx
{% from 'questions/_levelled.sql' import levelled %}
WITH levels AS (
  {{ levelled(placement, keys, conditions) }}
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
