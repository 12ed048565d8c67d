-- hotspots: squares in which anything was reported lately, and the open cases in each
-- names  : placement, conditions, places (those of the conditions that speak of grids)
-- params : town_id, zone, at (timestamptz), since (timestamptz: reported after it is lately), tall, wide (degrees of a
--          square), and those of the conditions
-- returns: square_row, square_col (from the equator, from Greenwich), grid_id (finest; null: the square was seen), category,
--          n_open, n_overdue; a row a square with 0, and one for each square, grid and category with open cases
-- used by: questions hotspots        index: case_record_town_id_reported_at_closed_at_idx; those of running
{% from 'questions/_placed.sql' import placed, within %}
{% from 'questions/_lit.sql' import light %}
{% from 'questions/_spanned.sql' import running %}
{% macro square(geom) %}
    CAST(floor(ST_Y({{ geom }}) / :tall) AS integer) AS square_row,
    CAST(floor(ST_X({{ geom }}) / :wide) AS integer) AS square_col,
{% endmacro %}
WITH p AS (
  {{ running(placement) }}
), lately AS (
  SELECT DISTINCT
    {{ square('p.geom') }}
    CAST(NULL AS integer) AS grid_id,
    CAST(NULL AS text) AS category,
    0 AS n_open,
    0 AS n_overdue
  FROM (
    {{ placed(placement) }}
      AND c.reported_at > :since AND c.reported_at <= :at
  ) AS p
  WHERE p.placed = 'located'
  {{ within(places) }}
), standing AS (
  SELECT
    {{ square('r.geom') }}
    p.path[cardinality(p.path)] AS grid_id,
    p.category,
    {{ light('p') }} AS light
  FROM p
  JOIN case_record AS r ON r.id = p.case_id
  CROSS JOIN LATERAL (SELECT p.state AS event) AS was
  WHERE p.placed = 'located'
  {{ within(conditions) }}
)
SELECT * FROM lately
UNION ALL
SELECT
  square_row,
  square_col,
  grid_id,
  category,
  CAST(count(*) AS integer) AS n_open,
  CAST(count(*) FILTER (WHERE light IN ('red', 'deep_red')) AS integer) AS n_overdue
FROM standing
GROUP BY 1, 2, 3, 4
ORDER BY 1, 2, 3 NULLS FIRST, 4
