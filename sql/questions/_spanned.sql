{#
  The stretches a question speaks of, each with what its case can be asked by: the counterpart of _placed.sql.

  One row a stretch of case_span: its own columns (unit is who answers in it, state the one in it), and those of the case
  that dimensions name. Columns that a question does not use cost nothing: the planner removes the joins for them.

  placement  as in _placed.sql
#}
{% macro spanned(placement) %}
SELECT
  s.case_id,
  s.from_at,
  s.to_at,
  s.next_at,
  s.state,
  s.stage,
  s.due_at,
  s.yellow_at,
  s.risk_at,
  s.black_at,
  s.is_paused,
  s.is_put_off,
  s.ended,
  s.exempt_at,
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
FROM case_span AS s
LEFT JOIN case_record AS c ON c.id = s.case_id
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
WHERE s.town_id = :town_id
{% endmacro %}

{#
  The stretches that run at :at. Those of the last 30 days are few, and those that last longer have an index of their own,
  so that a past instant costs what was open then, not all that ever was.
#}
{% macro running(placement) %}
{{ spanned(placement) }}
  AND s.from_at <= :at AND s.from_at > CAST(:at AS timestamptz) - INTERVAL '30 days' AND (s.to_at IS NULL OR s.to_at > :at)
UNION ALL
{{ spanned(placement) }}
  AND s.from_at <= CAST(:at AS timestamptz) - INTERVAL '30 days' AND (s.to_at IS NULL OR s.to_at > :at)
  AND (s.to_at IS NULL OR s.to_at - s.from_at > INTERVAL '30 days')
{% endmacro %}

{#
  How cases stood at :at that were no longer open then: the stretch each had ended with (ended, to_at = when). One row a case;
  together with `running` every case reported until :at has exactly one. The caller appends conditions on s, such as
  AND s.due_at >= :since: there are indexes on due_at, reported_at and to_at of these rows.
#}
{% macro ended(placement) %}
{{ spanned(placement) }}
  AND s.ended IS NOT NULL AND s.to_at <= :at AND (s.next_at IS NULL OR s.next_at > :at)
{% endmacro %}
