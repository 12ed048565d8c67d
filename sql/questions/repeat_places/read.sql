-- repeat_places: what the last report of each of some places says
-- names  : placement
-- params : town_id, zone, ids (of cases), at
-- returns: id, case_no, is_open (at :at) and what the report says; one row a case
-- used by: questions repeat_places        index: case_record_pkey, case_span_case_id_idx
{% from 'questions/_placed.sql' import placed %}
SELECT
  p.id,
  p.case_no,
  EXISTS (
    SELECT FROM case_span AS s
    WHERE s.case_id = p.id AND s.from_at <= :at AND (s.to_at IS NULL OR s.to_at > :at)
  ) AS is_open,
  p.category,
  p.subcategory,
  p.address,
  p.place_name,
  p.placed AS place_status,
  g.code AS grid_code,
  g.name AS grid_name,
  up.code AS parent_code,
  ST_AsBinary(p.geom) AS geom
FROM (
  {{ placed(placement) }}
    AND c.id = ANY(CAST(:ids AS bigint[]))
) AS p
LEFT JOIN grid AS g ON g.id = p.path[cardinality(p.path)]
LEFT JOIN grid AS up ON up.id = g.parent_id
