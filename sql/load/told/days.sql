-- days: the statistical days with tracks, or after one with tracks, on which cases were reported that a load brought or changed
-- params : town_id, run_id, zone, day_start (seconds from local midnight to the begin of a day)
-- returns: day_on, ascending
-- used by: store.told        index: case_record_load_run_id_idx, patrol_session_town_id_day_on_idx
WITH told AS MATERIALIZED (
  SELECT DISTINCT CAST(reported_at AT TIME ZONE :zone - make_interval(secs => :day_start) AS date) AS day_on
  FROM case_record
  WHERE
    town_id = :town_id AND load_run_id = :run_id AND geom IS NOT NULL
    AND EXISTS (SELECT FROM patrol_session AS s WHERE s.town_id = :town_id)
)
SELECT t.day_on
FROM told AS t
WHERE EXISTS (SELECT FROM patrol_session AS s WHERE s.town_id = :town_id AND s.day_on BETWEEN t.day_on - 1 AND t.day_on)
ORDER BY 1
