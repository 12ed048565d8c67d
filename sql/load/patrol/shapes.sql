-- shapes: the sketches of the sessions of some trackers on some days, packed
-- params : town_id, since_on, until_on (dates, both inclusive), all_trackers (truth value), tracker_ids
-- returns: one row: day (days since 1970-01-01), tracker_id, worker_id, begin_at, end_at (microseconds since 1970 UTC), places
--          (one after the other); arrays by tracker and time, null where there are none
-- used by: store.findings        index: patrol_shape_town_id_day_on_idx
SELECT
  array_agg(day_on - date '1970-01-01' ORDER BY place) AS day,
  array_agg(tracker_id ORDER BY place) AS tracker_id,
  array_agg(worker_id ORDER BY place) AS worker_id,
  array_agg(CAST(extract(EPOCH FROM begin_at) * 1000000 AS bigint) ORDER BY place) AS begin_at,
  array_agg(CAST(extract(EPOCH FROM end_at) * 1000000 AS bigint) ORDER BY place) AS end_at,
  string_agg(places, CAST('' AS bytea) ORDER BY place) AS places
FROM (
  SELECT *, row_number() OVER (ORDER BY tracker_id, begin_at, end_at) AS place
  FROM patrol_shape
  WHERE
    town_id = :town_id AND day_on BETWEEN :since_on AND :until_on
    AND (:all_trackers OR tracker_id = ANY(CAST(:tracker_ids AS integer[])))
) AS s
