{#
  The grids of a version as a tree with what they hold: the queries `tree`, `counted` and `summed`, to stand behind WITH.

  tree     the grids of the version :set_id
  counted  of each grid with a count of its own the latest not after :on
  summed   one row a grid: n_grids (the finest in it, itself included), n_uncounted (those of them that no count covers) and
           what they hold; of a grid without a count of its own the sum of its parts. counted_on is the latest count in it.
#}
{% macro grids_with_exposure() %}
tree AS (
  SELECT * FROM grid WHERE set_id = :set_id
), counted AS (
  SELECT DISTINCT ON (grid_code) *
  FROM exposure
  WHERE layer_id = :layer_id AND counted_on <= :on
  ORDER BY grid_code, counted_on DESC
), finest AS (
  SELECT
    t.id,
    t.path,
    max(above.level) FILTER (WHERE c.grid_code IS NOT NULL) AS counted_level
  FROM tree AS t
  CROSS JOIN LATERAL unnest(t.path) AS step (grid_id)
  JOIN tree AS above ON above.id = step.grid_id
  LEFT JOIN counted AS c ON c.grid_code = above.code
  WHERE NOT EXISTS (SELECT 1 FROM tree AS child WHERE child.parent_id = t.id)
  GROUP BY t.id, t.path
), parts AS (
  SELECT
    up.id,
    count(*) AS n_grids,
    count(*) FILTER (WHERE f.counted_level IS NULL OR f.counted_level < up.level) AS n_uncounted
  FROM finest AS f
  CROSS JOIN LATERAL unnest(f.path) AS step (grid_id)
  JOIN tree AS up ON up.id = step.grid_id
  GROUP BY up.id
), summed AS (
  SELECT
    up.id,
    max(parts.n_grids) AS n_grids,
    max(parts.n_uncounted) AS n_uncounted,
    sum(c.residents) AS residents,
    sum(c.households) AS households,
    sum(c.firms) AS firms,
    sum(c.road_km) AS road_km,
    sum(c.built_up_m2) AS built_up_m2,
    sum(c.patrollable_m2) AS patrollable_m2,
    max(c.counted_on) AS counted_on
  FROM tree AS up
  JOIN parts ON parts.id = up.id
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
{% endmacro %}
