-- hierarchy: the grids of a layer as a tree, with what they hold and how many cases they have
-- names  : placement
-- params : town_id, zone, at, on (local date of :at), set_id (the version shown), layer_id
-- returns: one row a grid of the version: grid_code, grid_name, parent_code, level, level_code, kind, n_children, n_grids,
--          area_km2, exposure (latest count not after :on; of a grid without a count of its own the sum of its parts),
--          n_cases, n_open, n_overdue, geom (WKB, EPSG:4326)
-- used by: questions hierarchy
{% from 'questions/_placed.sql' import placed %}
WITH tree AS (
  SELECT * FROM grid WHERE set_id = :set_id
), p AS (
  {{ placed(placement) }}
    AND c.reported_at <= :at
), in_grid AS (
  -- By code, so that a case kept in an older version counts for the grid of the same code.
  SELECT
    g.code,
    count(*) AS n_cases,
    count(*) FILTER (WHERE p.closed_at IS NULL OR p.closed_at > :at) AS n_open,
    count(*) FILTER (WHERE (p.closed_at IS NULL OR p.closed_at > :at) AND p.due_at < :at) AS n_overdue
  FROM (
    SELECT path, closed_at, due_at FROM p WHERE path IS NOT NULL
  ) AS p
  CROSS JOIN LATERAL unnest(p.path) AS step (grid_id)
  JOIN grid AS g ON g.id = step.grid_id
  GROUP BY g.code
), counted AS (
  SELECT DISTINCT ON (grid_code) *
  FROM exposure
  WHERE layer_id = :layer_id AND counted_on <= :on
  ORDER BY grid_code, counted_on DESC
), summed AS (
  SELECT
    up.id,
    count(*) FILTER (WHERE NOT EXISTS (SELECT 1 FROM tree AS child WHERE child.parent_id = below.id)) AS n_grids,
    sum(c.residents) AS residents,
    sum(c.households) AS households,
    sum(c.firms) AS firms,
    sum(c.road_km) AS road_km,
    sum(c.built_up_m2) AS built_up_m2,
    sum(c.patrollable_m2) AS patrollable_m2,
    max(c.counted_on) AS counted_on
  FROM tree AS up
  JOIN tree AS below ON below.path[up.level + 1] = up.id
  LEFT JOIN counted AS c
    ON c.grid_code = below.code
    -- Only the topmost count on each way down, so that nothing is added twice.
    AND NOT EXISTS (
      SELECT 1 FROM tree AS between_
      JOIN counted AS higher ON higher.grid_code = between_.code
      WHERE
        between_.id = ANY(below.path) AND between_.id <> below.id
        AND between_.path[up.level + 1] = up.id
    )
  GROUP BY up.id
)
SELECT
  t.code AS grid_code,
  t.name AS grid_name,
  up.code AS parent_code,
  t.level,
  lv.code AS level_code,
  t.kind,
  (SELECT count(*) FROM tree AS child WHERE child.parent_id = t.id) AS n_children,
  s.n_grids,
  t.area_m2 / 1e6 AS area_km2,
  s.residents,
  s.households,
  s.firms,
  s.road_km,
  s.built_up_m2,
  s.patrollable_m2,
  s.counted_on,
  coalesce(i.n_cases, 0) AS n_cases,
  coalesce(i.n_open, 0) AS n_open,
  coalesce(i.n_overdue, 0) AS n_overdue,
  ST_AsBinary(t.geom) AS geom
FROM tree AS t
JOIN summed AS s ON s.id = t.id
LEFT JOIN tree AS up ON up.id = t.parent_id
LEFT JOIN grid_level AS lv ON lv.layer_id = t.layer_id AND lv.level = t.level
LEFT JOIN in_grid AS i ON i.code = t.code
ORDER BY t.level, t.code
