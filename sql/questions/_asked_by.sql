{#
  What the rows of a case can be asked by, whichever table they stand in: case_span, case_step.

  row        alias of a row with case_id, unit_id, reported_at, grid_id, is_located, facet_id
  placement  as in _placed.sql
#}
{% macro asked_by(row) %}
{{ row }}.reported_at,
f.track,
f.is_urgent,
f.is_duplicate,
c.case_no,
c.description,
c.address,
c.place_name,
i.category,
i.name AS subcategory,
un.name AS unit,
li.name AS line,
ch.code AS channel,
so.code AS source,
g.path,
CASE WHEN NOT {{ row }}.is_located THEN 'unlocated' WHEN g.id IS NULL THEN 'outside' ELSE 'located' END AS placed
{% endmacro %}

{% macro joined(row, placement) %}
LEFT JOIN case_record AS c ON c.id = {{ row }}.case_id
LEFT JOIN facet AS f ON f.id = {{ row }}.facet_id
{% if placement == 'home' %}
LEFT JOIN grid AS g ON g.id = {{ row }}.grid_id
{% elif placement == 'layer' %}
LEFT JOIN (
  case_grid AS cg
  JOIN grid_set AS gs ON gs.id = cg.set_id AND gs.layer_id = :layer_id
  JOIN grid AS g ON g.id = cg.grid_id
) ON cg.case_id = {{ row }}.case_id
  AND coalesce(gs.valid_from, '-infinity') <= CAST({{ row }}.reported_at AT TIME ZONE :zone AS date)
  AND coalesce(gs.valid_to, 'infinity') > CAST({{ row }}.reported_at AT TIME ZONE :zone AS date)
{% else %}
LEFT JOIN grid AS home ON home.id = {{ row }}.grid_id
LEFT JOIN case_grid AS cg ON cg.case_id = {{ row }}.case_id AND cg.set_id = :set_id
LEFT JOIN grid AS g ON g.id = CASE WHEN home.set_id = :set_id THEN home.id ELSE cg.grid_id END
{% endif %}
LEFT JOIN item AS i ON i.id = f.item_id
LEFT JOIN unit AS un ON un.id = {{ row }}.unit_id
LEFT JOIN line AS li ON li.id = f.line_id
LEFT JOIN channel AS ch ON ch.id = f.channel_id
LEFT JOIN source AS so ON so.id = f.source_id
{% endmacro %}
