-- sessions: a tile of the lines of sessions, without their times; far out, where they are many, of some that are drawn by lot
-- params : town_id, since_on, until_on (days, both inclusive), scope_ids (null = all), begin_at, end_at (timestamptz: these
--          days, the end excluded), z, x, y (the place of the tile), most_lines (so many are drawn at this zoom, of all tiles
--          together), most_bytes (of the tile), simple_degrees (lines are drawn no finer)
-- returns: tile (bytes, layer sessions, nothing told of a line), n (lines in it); one row
-- used by: questions.session_tiles        index: patrol_session_when_where_idx, patrol_session_town_id_day_on_idx
WITH inside AS MATERIALIZED (
  SELECT id
  FROM grid
  WHERE path && CAST(:scope_ids AS integer[])
), total AS (
  SELECT count(*) AS n
  FROM patrol_session
  WHERE
    town_id = :town_id AND day_on BETWEEN :since_on AND :until_on
    AND (CAST(:scope_ids AS integer[]) IS NULL OR grid_id IN (SELECT id FROM inside))
), lot AS (
  SELECT s.id, s.geom
  FROM patrol_session AS s
  WHERE
    s.town_id = :town_id AND s.day_on BETWEEN :since_on AND :until_on
    AND tstzrange(s.begin_at, s.end_at, '[]') && tstzrange(:begin_at, :end_at)
    AND s.geom && ST_Transform(ST_TileEnvelope(:z, :x, :y, margin => 0.015625), 4326)
    AND (CAST(:scope_ids AS integer[]) IS NULL OR s.grid_id IN (SELECT id FROM inside))
    -- The lot of a session is the same in all tiles, so that no line ends at the edge of one.
    AND (hashint8extended(s.id, 0) & 1048575) * (SELECT n FROM total) < CAST(:most_lines AS bigint) * 1048576
), cut AS MATERIALIZED (
  SELECT
    id,
    ST_AsMVTGeom(
      ST_Transform(ST_Simplify(ST_Force2D(geom), :simple_degrees, TRUE), 3857), ST_TileEnvelope(:z, :x, :y), 4096, 64, TRUE
    ) AS geom
  FROM lot
), weighed AS (
  -- A vertex takes four bytes at most, a part and a line around it some more.
  SELECT
    id,
    geom,
    sum(4 * ST_NPoints(geom) + 8 * ST_NumGeometries(geom) + 16) OVER (ORDER BY hashint8extended(id, 0), id) AS bytes
  FROM cut
  WHERE geom IS NOT NULL
)
SELECT
  coalesce(ST_AsMVT(line, 'sessions', 4096, 'geom'), '') AS tile,
  count(*) AS n
FROM (
  SELECT geom
  FROM weighed
  WHERE bytes <= :most_bytes
  ORDER BY hashint8extended(id, 0), id
) AS line
