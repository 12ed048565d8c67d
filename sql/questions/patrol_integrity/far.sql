-- patrol_integrity/far: how far from where their device was at that instant workers reported; reports while no track runs are not
--          compared
-- params : town_id, since, until (timestamptz, until excluded), at
-- returns: tracker_id, worker_id, day_on, begin_at (of the report), case_no, measure (metres); one row a report
-- used by: questions patrol_integrity        index: case_record_town_id_reported_at_closed_at_idx,
--          patrol_session_worker_id_begin_at_idx
WITH compared AS (
  SELECT
    s.tracker_id,
    s.worker_id,
    s.day_on,
    c.reported_at AS begin_at,
    c.case_no,
    ST_Distance(
      CAST(ST_Force2D(ST_GeometryN(ST_LocateAlong(s.geom, extract(EPOCH FROM c.reported_at)), 1)) AS geography),
      CAST(c.geom AS geography)
    ) AS measure
  FROM case_record AS c
  JOIN channel AS ch ON ch.id = c.channel_id AND ch.code = 'worker'
  JOIN worker AS w ON w.town_id = c.town_id AND w.code = c.reporter
  JOIN patrol_session AS s
    ON
      s.worker_id = w.id AND s.begin_at <= c.reported_at AND s.begin_at > c.reported_at - interval '1 day'
      AND s.end_at >= c.reported_at AND s.geom IS NOT NULL
  WHERE
    c.town_id = :town_id AND c.reported_at >= :since AND c.reported_at < :until AND c.reported_at <= :at
    AND c.geom IS NOT NULL AND c.day_only & 1 = 0
)
SELECT *
FROM compared
WHERE measure IS NOT NULL
ORDER BY begin_at, case_no
