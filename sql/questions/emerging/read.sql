-- emerging: cases reported by square and week
-- names  : placement, conditions, places (those of the conditions that speak of grids)
-- params : town_id, zone, since, until (timestamptz, until excluded), at, tall, wide (degrees of a square), and those of the conditions
-- returns: square_row, square_col (from the equator, from Greenwich), week (0 = the seven days from :since), grid_id (finest),
--          subcategory, n_reported, n_by_others (of them: not by workers); one row a
--          square, week, grid and subcategory of which anything was reported, 0 where the conditions leave nothing of it: the square is
--          compared all the same
-- used by: questions emerging        index: case_record_town_id_reported_at_closed_at_idx
-- A week is seven times 24 hours: where clocks change, an hour of a day may fall into the week beside it.
{% from 'questions/_placed.sql' import placed, within %}
SELECT
  CAST(floor(ST_Y(p.geom) / :tall) AS integer) AS square_row,
  CAST(floor(ST_X(p.geom) / :wide) AS integer) AS square_col,
  CAST(floor(extract(EPOCH FROM p.reported_at - CAST(:since AS timestamptz)) / 604800) AS integer) AS week,
  p.path[cardinality(p.path)] AS grid_id,
  p.subcategory,
  CAST(count(*) FILTER (WHERE p.is_asked) AS integer) AS n_reported,
  CAST(count(*) FILTER (WHERE p.is_asked AND p.channel IS DISTINCT FROM 'worker') AS integer) AS n_by_others
FROM (
  SELECT
    p.*,
    TRUE
    {{ within(conditions) }} AS is_asked
  FROM (
    {{ placed(placement) }}
      AND c.reported_at >= :since AND c.reported_at < :until AND c.reported_at <= :at
  ) AS p
  WHERE p.placed = 'located'
  {{ within(places) }}
) AS p
GROUP BY 1, 2, 3, 4, 5
ORDER BY 1, 2, 3, 4, 5
