-- write: what tracks tell of some cases
-- params : case_ids, passed_at (seconds since 1970 UTC, null = nobody), worker_ids, tracker_ids, apart_m: arrays of one length
-- returns: nothing; new rows in case_track
-- used by: store.told, after clear        index: case_record_pkey
INSERT INTO case_track (case_id, town_id, reported_at, geom, passed_at, worker_id, tracker_id, apart_m)
SELECT c.id, c.town_id, c.reported_at, c.geom, to_timestamp(t.passed_at), t.worker_id, t.tracker_id, t.apart_m
FROM
  unnest(
    CAST(:case_ids AS bigint[]), CAST(:passed_at AS double precision[]), CAST(:worker_ids AS integer[]),
    CAST(:tracker_ids AS integer[]), CAST(:apart_m AS double precision[])
  ) AS t (case_id, passed_at, worker_id, tracker_id, apart_m)
JOIN case_record AS c ON c.id = t.case_id
