-- find_reported: where the cases reported in some stretches of time are
-- names  : placement, conditions, n_stretches (one or more)
-- params : town_id, zone, set_id or layer_id by placement; begin_0, end_0, begin_1 ... (timestamptz, the end excluded); and those
--          of the conditions
-- returns: pixels (bytes: 8 a case, the highest first, in their order), lights (null: none are told apart); one row
-- used by: questions.tiles        index: case_pixel_town_id_reported_at_idx
{% from 'questions/_asked_by.sql' import asked_by, joined %}
{% from 'questions/_placed.sql' import within %}
SELECT
  coalesce(string_agg(int8send(f.pixel), ''), '') AS pixels,
  NULL AS lights
FROM (
  SELECT p.pixel
  FROM (
    {% for k in range(n_stretches) %}
      SELECT s.pixel, {{ asked_by('s') }}
      FROM (SELECT *, nullif(facet_id, facet_id) AS unit_id, TRUE AS is_located FROM case_pixel) AS s -- nobody has it yet
      {{ joined('s', placement) }}
      WHERE s.town_id = :town_id AND s.reported_at >= :begin_{{ k }} AND s.reported_at < :end_{{ k }}
      {{ 'UNION ALL' if not loop.last }}
    {% endfor %}
  ) AS p
  WHERE TRUE
  {{ within(conditions) }}
  ORDER BY p.pixel
) AS f
