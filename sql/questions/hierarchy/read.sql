-- hierarchy: the grids of a layer as a tree, with what they hold and how many cases they have
-- names  : placement, is_kept (the cases so far are kept day by day)
-- params : town_id, zone, at, on (local date of :at), set_id (the version shown), layer_id
-- returns: one row a grid of the version: grid_code, grid_name, parent_code, level, level_code, kind, n_children, n_grids,
--          area_km2, exposure (see _tree.sql), n_posts and n_vacant (of it and all below), n_cases, n_open, n_overdue,
--          geom (WKB, EPSG:4326)
-- used by: questions hierarchy        index: those of running; marginal_pkey; without is_kept all cases are counted
{% from 'questions/_kept.sql' import kept %}
{% from 'questions/_lit.sql' import lit %}
{% from 'questions/_placed.sql' import placed %}
{% from 'questions/_posts.sql' import posts %}
{% from 'questions/_tree.sql' import grids_with_exposure %}
WITH {{ grids_with_exposure() }}, piled AS (
  {% if is_kept %}
  SELECT
    m.member AS grid_id,
    sum(m.reported) AS n_cases,
    0 AS n_open,
    0 AS n_overdue
  FROM (
    {{ kept('grid', 2) }}
      AND m.day_on < CAST(date_trunc('month', CAST(:on AS date)) AS date)
    UNION ALL
    {{ kept('grid', 1) }}
      AND m.day_on >= CAST(date_trunc('month', CAST(:on AS date)) AS date) AND m.day_on <= :on
  ) AS m
  WHERE m.member > 0
  GROUP BY m.member
  {% elif placement == 'home' %}
  SELECT
    c.grid_id,
    count(*) AS n_cases,
    0 AS n_open,
    0 AS n_overdue
  FROM case_record AS c
  WHERE c.town_id = :town_id AND c.reported_at <= :at AND c.grid_id IS NOT NULL
  GROUP BY c.grid_id
  {% else %}
  SELECT
    p.path[cardinality(p.path)] AS grid_id,
    count(*) AS n_cases,
    0 AS n_open,
    0 AS n_overdue
  FROM (
    {{ placed(placement) }}
      AND c.reported_at <= :at
  ) AS p
  WHERE p.path IS NOT NULL
  GROUP BY 1
  {% endif %}
  UNION ALL
  SELECT
    r.path[cardinality(r.path)],
    0,
    count(*),
    count(*) FILTER (WHERE r.light IN ('red', 'deep_red'))
  FROM (
    {{ lit(placement) }}
  ) AS r
  WHERE r.path IS NOT NULL
  GROUP BY 1
), in_grid AS (
  -- By code, so that a case kept in an older version counts for the grid of the same code.
  SELECT
    g.code,
    sum(h.n_cases) AS n_cases,
    sum(h.n_open) AS n_open,
    sum(h.n_overdue) AS n_overdue
  FROM piled AS h
  JOIN grid AS home ON home.id = h.grid_id
  CROSS JOIN LATERAL unnest(home.path) AS step (grid_id)
  JOIN grid AS g ON g.id = step.grid_id
  GROUP BY g.code
), posted AS (
  SELECT
    step.grid_id,
    count(*) AS n_posts,
    count(*) FILTER (WHERE p.is_vacant) AS n_vacant
  FROM (
    {{ posts() }}
  ) AS p
  CROSS JOIN LATERAL unnest(p.path) AS step (grid_id)
  GROUP BY step.grid_id
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
  coalesce(d.n_posts, 0) AS n_posts,
  coalesce(d.n_vacant, 0) AS n_vacant,
  coalesce(i.n_cases, 0) AS n_cases,
  coalesce(i.n_open, 0) AS n_open,
  coalesce(i.n_overdue, 0) AS n_overdue,
  ST_AsBinary(g.geom) AS geom
FROM tree AS t
JOIN summed AS s ON s.id = t.id
JOIN grid AS g ON g.id = t.id
LEFT JOIN tree AS up ON up.id = t.parent_id
LEFT JOIN grid_level AS lv ON lv.layer_id = t.layer_id AND lv.level = t.level
LEFT JOIN in_grid AS i ON i.code = t.code
LEFT JOIN posted AS d ON d.grid_id = t.id
ORDER BY t.level, t.code
