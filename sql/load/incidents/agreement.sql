-- agreement: how often the grid code a source recorded is the one its point lies in
-- params : source_id; key (of case_record.recorded), layer, level (code)
-- returns: n_compared (located cases with a recorded code), n_agree
-- used by: store.cases
WITH placed AS (
  SELECT
    c.recorded,
    c.grid_id
  FROM case_record AS c
  WHERE c.source_id = :source_id AND c.recorded IS NOT NULL AND :layer = 'base'
  UNION ALL
  SELECT
    c.recorded,
    cg.grid_id
  FROM case_record AS c
  JOIN case_grid AS cg ON cg.case_id = c.id
  JOIN grid_set AS gs ON gs.id = cg.set_id
  JOIN layer AS ly ON ly.id = gs.layer_id AND ly.code = :layer
  JOIN town AS t ON t.id = c.town_id
  WHERE
    c.source_id = :source_id AND c.recorded IS NOT NULL AND :layer <> 'base'
    AND coalesce(gs.valid_from, '-infinity') <= CAST(c.reported_at AT TIME ZONE t.time_zone AS date)
    AND coalesce(gs.valid_to, 'infinity') > CAST(c.reported_at AT TIME ZONE t.time_zone AS date)
)
SELECT
  count(*) AS n_compared,
  count(*) FILTER (WHERE up.code = p.recorded ->> :key) AS n_agree
FROM placed AS p
JOIN grid AS g ON g.id = p.grid_id
JOIN grid_level AS lv ON lv.layer_id = g.layer_id AND lv.code = :level
JOIN grid AS up ON up.id = g.path[lv.level + 1]
WHERE p.recorded ->> :key IS NOT NULL
