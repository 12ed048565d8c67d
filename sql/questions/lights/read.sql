-- lights: open cases at an instant by the colour of their light
-- names  : placement, keys (list of [name, expression]), conditions
-- params : town_id, zone, at, and those of the conditions
-- returns: the keys, n_open, n_green, n_yellow, n_red, n_deep_red (of the red), n_grey; one row a group that has open cases
-- used by: questions lights        index: those of running
{% from 'questions/_placed.sql' import within %}
{% from 'questions/_lit.sql' import lit %}
WITH p AS (
  {{ lit(placement) }}
)
SELECT
  {% for name, expression in keys %}
  {{ expression }} AS {{ name }},
  {% endfor %}
  count(*) AS n_open,
  count(*) FILTER (WHERE p.light = 'green') AS n_green,
  count(*) FILTER (WHERE p.light = 'yellow') AS n_yellow,
  count(*) FILTER (WHERE p.light IN ('red', 'deep_red')) AS n_red,
  count(*) FILTER (WHERE p.light = 'deep_red') AS n_deep_red,
  count(*) FILTER (WHERE p.light = 'grey') AS n_grey
FROM p
CROSS JOIN LATERAL (SELECT p.state AS event) AS was
WHERE TRUE
{{ within(conditions) }}
{% if keys %}
GROUP BY {% for name, expression in keys %}{{ loop.index }}{{ ', ' if not loop.last }}{% endfor %}

ORDER BY n_open DESC{% for name, expression in keys %}, {{ loop.index }}{% endfor %}
{% endif %}
