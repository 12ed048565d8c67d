{#
  The steps a question counts: what happened to cases beside their plain way, each with what its case can be asked by.

  One row an event of the ledger that stands: case_id, at, event, reason, rating, unit (who answered just before it; after the
  end, who answered last), and the columns of _spanned.sql that dimensions name. The caller appends conditions on t, such as
  AND t.at >= :since AND t.event = 'rework'.

  placement  as in _placed.sql
#}
{% macro stepped(placement) %}
SELECT
  t.case_id,
  t.at,
  t.event,
  t.reason,
  t.detail ->> 'rating' AS rating,
  s.reported_at,
  s.track,
  s.is_urgent,
  c.is_duplicate,
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
  CASE WHEN NOT s.is_located THEN 'unlocated' WHEN g.id IS NULL THEN 'outside' ELSE 'located' END AS placed
FROM case_event AS t
JOIN case_record AS c ON c.id = t.case_id AND c.town_id = :town_id
CROSS JOIN LATERAL (
  SELECT *
  FROM case_span AS s
  WHERE s.case_id = t.case_id AND s.from_at <= t.at
  ORDER BY s.from_at < t.at DESC, s.from_at DESC
  LIMIT 1
) AS s
{% if placement == 'home' %}
LEFT JOIN grid AS g ON g.id = s.grid_id
{% elif placement == 'layer' %}
LEFT JOIN (
  case_grid AS cg
  JOIN grid_set AS gs ON gs.id = cg.set_id AND gs.layer_id = :layer_id
  JOIN grid AS g ON g.id = cg.grid_id
) ON cg.case_id = s.case_id
  AND coalesce(gs.valid_from, '-infinity') <= CAST(s.reported_at AT TIME ZONE :zone AS date)
  AND coalesce(gs.valid_to, 'infinity') > CAST(s.reported_at AT TIME ZONE :zone AS date)
{% else %}
LEFT JOIN grid AS home ON home.id = s.grid_id
LEFT JOIN case_grid AS cg ON cg.case_id = s.case_id AND cg.set_id = :set_id
LEFT JOIN grid AS g ON g.id = CASE WHEN home.set_id = :set_id THEN home.id ELSE cg.grid_id END
{% endif %}
LEFT JOIN item AS i ON i.id = c.item_id
LEFT JOIN unit AS un ON un.id = s.unit_id
LEFT JOIN line AS li ON li.id = c.line_id
LEFT JOIN channel AS ch ON ch.id = c.channel_id
LEFT JOIN source AS so ON so.id = c.source_id
WHERE t.retired_run_id IS NULL AND t.basis = 'event' AND t.at <= :at
{% endmacro %}
