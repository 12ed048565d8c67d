-- later: the loads of a town that were not finished at an instant
-- params : town_id, known_at (timestamptz)
-- returns: temporary table later_run: run_id, kind
-- used by: store.known
CREATE TEMPORARY TABLE later_run ON COMMIT DROP AS
SELECT id AS run_id, kind
FROM gridgov.load_run
WHERE town_id = :town_id AND status = 'done' AND finished_at > :known_at
