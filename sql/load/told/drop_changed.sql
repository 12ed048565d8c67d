-- drop_changed: what tracks told of cases that a load moved, put to another time or ascribed to somebody else
-- params : town_id, run_id
-- returns: nothing; rows taken out of case_track
-- used by: store.told        index: case_track_pkey, case_record_load_run_id_idx
DELETE FROM case_track AS t
USING case_record AS c
WHERE
  t.town_id = :town_id AND c.id = t.case_id AND c.load_run_id = :run_id
  AND (
    t.reported_at <> c.reported_at
    OR c.geom IS NULL
    OR ST_AsBinary(t.geom) <> ST_AsBinary(c.geom)
    OR t.worker_id <> (SELECT w.id FROM worker AS w WHERE w.town_id = c.town_id AND w.code = c.reporter)
  )
