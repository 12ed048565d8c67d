-- latest: the last instant that a town's data tells of, and now
-- params : town_id
-- returns: latest_at (null when nothing is loaded; never after now), now_at; one row
-- used by: questions.asking
SELECT
  CASE WHEN count(newest_at) > 0 THEN least(max(newest_at), now()) END AS latest_at,
  now() AS now_at
FROM load_run
WHERE town_id = :town_id AND status = 'done' AND kind IN ('incidents', 'events')
