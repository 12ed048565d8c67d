-- purge: rows whose retention is over
-- params : days
-- returns: nothing; rows gone from quarantine
-- used by: store.quarantined
DELETE FROM quarantine AS q
USING load_run AS r
WHERE r.id = q.last_run_id AND r.started_at < now() - make_interval(days => :days)
