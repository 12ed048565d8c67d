-- passed_by: the patrols that came near the place of a case, and how near
-- params : town_id, case_id, since, until (timestamptz, both included), metres
-- returns: passed_at (timestamptz: when it was nearest), metres (to one decimal), one row a session in time order; who it was is
--          not looked at
-- used by: questions passed_by        index: patrol_session_when_where_idx
-- Distances are measured in the plane that touches the earth at the case; within some hundred metres that errs by millimetres.
WITH me AS (
  SELECT
    geom,
    111194.9266 * cos(radians(ST_Y(geom))) AS east_m,
    111194.9266 AS north_m
  FROM case_record
  WHERE id = :case_id
), near AS (
  SELECT
    ST_Scale(s.geom, me.east_m, me.north_m) AS line,
    ST_Scale(me.geom, me.east_m, me.north_m) AS spot
  FROM me
  JOIN patrol_session AS s ON s.geom && CAST(ST_Buffer(CAST(me.geom AS geography), 1.1 * :metres) AS geometry)
  WHERE s.town_id = :town_id AND tstzrange(s.begin_at, s.end_at, '[]') && tstzrange(:since, :until, '[]')
), passed AS (
  SELECT
    to_timestamp(ST_InterpolatePoint(line, spot)) AS passed_at,
    round(CAST(ST_Distance(line, spot) AS numeric), 1) AS metres
  FROM near
)
SELECT
  passed_at,
  CAST(metres AS double precision) AS metres
FROM passed
WHERE metres <= :metres AND passed_at >= :since AND passed_at <= :until
ORDER BY passed_at
