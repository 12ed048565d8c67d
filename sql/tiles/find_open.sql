-- find_open: where the cases open at an instant are, and their lights
-- names  : placement, conditions
-- params : town_id, zone, at, set_id or layer_id by placement, and those of the conditions
-- returns: pixels (bytes: 8 a case, the highest first, in their order), lights (bytes: 2 a case, its place in
--          questions.tiles.LIGHTS); one row
-- used by: questions.tiles        index: case_span_town_id_length_class_from_at_to_at_idx, case_pixel_pkey
{% from 'questions/_placed.sql' import within %}
{% from 'questions/_lit.sql' import lit %}
SELECT
  coalesce(string_agg(int8send(s.pixel), ''), '') AS pixels,
  coalesce(string_agg(int2send(s.light), ''), '') AS lights
FROM (
  SELECT
    x.pixel,
    CAST(CASE WHEN p.is_overdue THEN 0 WHEN p.light = 'yellow' THEN 1 WHEN p.light = 'grey' THEN 2 ELSE 3 END AS smallint) AS light
  FROM (
    SELECT r.*, TRUE AS is_open, r.light IN ('red', 'deep_red') AS is_overdue
    FROM (
      {{ lit(placement) }}
    ) AS r
  ) AS p
  JOIN case_pixel AS x ON x.case_id = p.case_id
  CROSS JOIN LATERAL (SELECT p.state AS event) AS was
  WHERE TRUE
  {{ within(conditions) }}
  ORDER BY x.pixel
) AS s
