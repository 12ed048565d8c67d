-- course: one case, step by step
-- names  : part ('case', 'steps' or 'nodes'), placement, conditions
-- params : town_id, zone, at, case_no (part 'case'), case_id (the others), set_id or layer_id by placement, and those of the
--          conditions
-- returns: case : the case, reported until :at and in scope; one row for each source that knows a case of this number
--          steps: one row for each fact of its ledger that stands and happened until :at, in order; actors are pseudonyms
--          nodes: one row for each stretch in which it was open until :at, in order
-- used by: questions course        index: case_record_source_id_case_no_key, case_event_case_id_at_idx, case_span_case_id_idx
{% from 'questions/_placed.sql' import placed, within %}
{% if part == 'case' %}
SELECT
  p.id AS case_id,
  p.case_no,
  p.source,
  p.reported_at,
  p.track,
  p.is_urgent,
  p.is_duplicate,
  p.category,
  p.subcategory,
  p.line,
  p.channel,
  p.description,
  p.address,
  p.place_name,
  p.placed AS place_status,
  g.code AS grid_code,
  g.name AS grid_name
FROM (
  {{ placed(placement) }}
    AND c.case_no = :case_no AND c.source_id = ANY(ARRAY(SELECT id FROM source WHERE town_id = :town_id))
    AND c.reported_at <= :at
) AS p
LEFT JOIN grid AS g ON g.id = p.path[cardinality(p.path)]
WHERE TRUE
{{ within(conditions) }}
ORDER BY p.source
{% elif part == 'steps' %}
SELECT
  e.at,
  e.day_only AS is_day,
  e.event,
  e.basis,
  u.name AS unit,
  e.actor,
  e.reason,
  e.due_at,
  CAST(e.detail AS text) AS detail,
  r.id AS run_id,
  r.file_name,
  r.finished_at AS known_since_at
FROM case_event AS e
LEFT JOIN unit AS u ON u.id = e.unit_id
LEFT JOIN load_run AS r ON r.id = e.load_run_id
WHERE e.case_id = :case_id AND e.at <= :at AND e.retired_run_id IS NULL
ORDER BY e.at, e.seq
{% else %}
SELECT
  s.from_at,
  CASE WHEN s.to_at <= :at THEN s.to_at END AS to_at,
  s.stage,
  u.name AS unit,
  s.is_paused,
  coalesce(s.stage_due_at, CASE WHEN s.stage = 'handle' THEN s.due_at END) AS stage_due_at
FROM case_span AS s
LEFT JOIN unit AS u ON u.id = s.unit_id
WHERE s.case_id = :case_id AND s.from_at <= :at AND (s.to_at IS NULL OR s.to_at > s.from_at)
ORDER BY s.from_at, s.to_at NULLS LAST
{% endif %}
