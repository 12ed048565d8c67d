{#
  The grids of a version as a tree with what they hold: the queries `tree` and `summed`, to stand behind WITH.

  tree     the grids of the version :set_id, without their geometry
  summed   one row a grid: n_grids (the finest in it, itself included), n_uncounted (those of them that no count covers) and
           what it holds by the latest counts not after :on: its own count, else the sum of those of its parts, each only where
           none above it in the same grid says more. counted_on is the latest of these counts.
#}
{% macro grids_with_exposure() %}
tree AS (
  SELECT id, code, name, level, kind, parent_id, path, area_m2, layer_id FROM grid WHERE set_id = :set_id
), counted AS (
  SELECT
    t.id,
    t.level,
    t.path,
    e.*
  FROM tree AS t
  JOIN (
    SELECT DISTINCT ON (grid_code) *
    FROM exposure
    WHERE layer_id = :layer_id AND counted_on <= :on
    ORDER BY grid_code, counted_on DESC
  ) AS e ON e.grid_code = t.code
), covered AS (
  -- Of every grid the levels of the nearest count at it or above, and of the nearest above it.
  SELECT
    t.id,
    max(c.level) AS at_level,
    max(c.level) FILTER (WHERE c.id <> t.id) AS above_level
  FROM tree AS t
  CROSS JOIN LATERAL unnest(t.path) AS step (grid_id)
  JOIN counted AS c ON c.id = step.grid_id
  GROUP BY t.id
), held AS (
  SELECT
    up.id,
    sum(c.residents) AS residents,
    sum(c.households) AS households,
    sum(c.firms) AS firms,
    sum(c.road_km) AS road_km,
    sum(c.built_up_m2) AS built_up_m2,
    sum(c.patrollable_m2) AS patrollable_m2,
    max(c.counted_on) AS counted_on
  FROM counted AS c
  JOIN covered AS v ON v.id = c.id
  CROSS JOIN LATERAL unnest(c.path) AS step (grid_id)
  JOIN tree AS up ON up.id = step.grid_id AND up.level > coalesce(v.above_level, -1)
  GROUP BY up.id
), parts AS (
  SELECT
    up.id,
    count(*) AS n_grids,
    count(*) FILTER (WHERE v.at_level IS NULL OR v.at_level < up.level) AS n_uncounted
  FROM tree AS t
  LEFT JOIN covered AS v ON v.id = t.id
  CROSS JOIN LATERAL unnest(t.path) AS step (grid_id)
  JOIN tree AS up ON up.id = step.grid_id
  WHERE NOT EXISTS (SELECT 1 FROM tree AS child WHERE child.parent_id = t.id)
  GROUP BY up.id
), summed AS (
  SELECT
    p.n_grids,
    p.n_uncounted,
    t.id,
    h.residents,
    h.households,
    h.firms,
    h.road_km,
    h.built_up_m2,
    h.patrollable_m2,
    h.counted_on
  FROM tree AS t
  JOIN parts AS p ON p.id = t.id
  LEFT JOIN held AS h ON h.id = t.id
)
{% endmacro %}
