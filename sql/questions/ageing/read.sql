-- ageing: open cases at an instant by how long ago they were reported, the overdue also by how long ago they were due
-- names  : placement, keys (list of [name, expression]), level_key (expression of the grid asked by, or none), conditions,
--          bands (list of [name, number of its younger limit or none, number of its older limit or none])
-- params : town_id, zone, at, limit_0, limit_1 ... (timestamptz: what comes before has reached that age), and those of the
--          conditions
-- returns: the keys (of grids with the same code in several versions the first id), n_open, n_age_<band>, oldest_at,
--          median_at, n_overdue, n_late_<band>, worst_due_at, median_due_at; one row a group that has open cases
-- used by: questions ageing        index: those of running
{% from 'questions/_placed.sql' import within %}
{% from 'questions/_lit.sql' import lit %}
{% macro between(column, band) %}
{% if band[1] is none %}TRUE{% else %}{{ column }} < :limit_{{ band[1] }}{% endif %}{% if band[2] is not none %}
 AND {{ column }} >= :limit_{{ band[2] }}{% endif %}
{% endmacro %}
WITH p AS (
  {{ lit(placement) }}
), same AS (
  -- A median cannot be added up: cases kept in several versions of a grid are taken together here.
  SELECT id, min(id) OVER (PARTITION BY layer_id, code) AS first_id FROM grid WHERE town_id = :town_id
), aged AS (
  SELECT
    {% for name, expression in keys %}
    {{ 'same.first_id' if name == 'grid_id' else expression }} AS {{ name }},
    {% endfor %}
    p.reported_at,
    CASE WHEN p.light IN ('red', 'deep_red') THEN p.due_at END AS late_at
  FROM p
  {% if level_key %}
  LEFT JOIN same ON same.id = {{ level_key }}
  {% endif %}
  CROSS JOIN LATERAL (SELECT p.state AS event) AS was
  WHERE TRUE
  {{ within(conditions) }}
)
SELECT
  {% for name, expression in keys %}
  {{ name }},
  {% endfor %}
  count(*) AS n_open,
  {% for band in bands %}
  count(*) FILTER (WHERE {{ between('reported_at', band) }}) AS n_age_{{ band[0] }},
  {% endfor %}
  min(reported_at) AS oldest_at,
  percentile_disc(0.5) WITHIN GROUP (ORDER BY reported_at DESC) AS median_at,
  count(late_at) AS n_overdue,
  {% for band in bands %}
  count(late_at) FILTER (WHERE {{ between('late_at', band) }}) AS n_late_{{ band[0] }},
  {% endfor %}
  min(late_at) AS worst_due_at,
  percentile_disc(0.5) WITHIN GROUP (ORDER BY late_at DESC) AS median_due_at
FROM aged
{% if keys %}
GROUP BY {% for name, expression in keys %}{{ loop.index }}{{ ', ' if not loop.last }}{% endfor %}

ORDER BY n_open DESC{% for name, expression in keys %}, {{ loop.index }}{% endfor %}
{% endif %}
