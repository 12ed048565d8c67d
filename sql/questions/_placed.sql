{#
  The cases a question speaks of, each with its grid in the layer and version asked for.

  One row a case: the columns of case_record, names instead of ids, path (ids of the grids from the root down, null when in
  no grid), placed (located, outside or unlocated in this layer).

  placement  'home'    the base layer, each case in the version valid on the day it was reported
             'layer'   another layer, likewise
             'recast'  every case in one version (:set_id), whatever was valid when it was reported
  Joins on primary keys that a question does not use are removed by the planner.
#}
{% from 'load/rollups/_deadline.sql' import deadline %}
{% macro placed(placement) %}
SELECT
  c.id,
  c.case_no,
  c.reported_at,
  c.closed_at,
  {{ deadline() }} AS due_at,
  c.day_only,
  c.due_basis,
  c.state,
  c.status_text,
  c.track,
  c.is_urgent,
  c.is_duplicate,
  c.description,
  c.address,
  c.place_name,
  c.geom,
  c.grid_id AS home_grid_id,
  i.category,
  i.name AS subcategory,
  un.name AS unit,
  li.name AS line,
  ch.code AS channel,
  so.code AS source,
  g.path,
  CASE WHEN c.geom IS NULL THEN 'unlocated' WHEN g.id IS NULL THEN 'outside' ELSE 'located' END AS placed
FROM case_record AS c
{% if placement == 'home' %}
LEFT JOIN grid AS g ON g.id = c.grid_id
{% elif placement == 'layer' %}
LEFT JOIN (
  case_grid AS cg
  JOIN grid_set AS gs ON gs.id = cg.set_id AND gs.layer_id = :layer_id
  JOIN grid AS g ON g.id = cg.grid_id
) ON cg.case_id = c.id
  AND coalesce(gs.valid_from, '-infinity') <= CAST(c.reported_at AT TIME ZONE :zone AS date)
  AND coalesce(gs.valid_to, 'infinity') > CAST(c.reported_at AT TIME ZONE :zone AS date)
{% else %}
LEFT JOIN grid AS home ON home.id = c.grid_id
LEFT JOIN case_grid AS cg ON cg.case_id = c.id AND cg.set_id = :set_id
LEFT JOIN grid AS g ON g.id = CASE WHEN home.set_id = :set_id THEN home.id ELSE cg.grid_id END
{% endif %}
LEFT JOIN item AS i ON i.id = c.item_id
LEFT JOIN unit AS un ON un.id = c.unit_id
LEFT JOIN line AS li ON li.id = c.line_id
LEFT JOIN channel AS ch ON ch.id = c.channel_id
LEFT JOIN source AS so ON so.id = c.source_id
WHERE c.town_id = :town_id
{% endmacro %}

{# Conditions of scope and filters, on the alias p of `placed`; each is a fragment of ours, its values are bound. #}
{% macro within(conditions) %}{% for condition in conditions %}AND {{ condition }} {% endfor %}{% endmacro %}
