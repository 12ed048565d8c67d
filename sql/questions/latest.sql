-- latest: the last local day that a town's data tells of, and now
-- params : town_id, zone
-- returns: latest_on (null when nothing is loaded; never after today), now_at; one row
-- used by: questions.asking
SELECT
  CASE WHEN count(newest_at) > 0 THEN least(
    max(CAST(newest_at AT TIME ZONE :zone AS date)),
    CAST(now() AT TIME ZONE :zone AS date)
  ) END AS latest_on,
  now() AS now_at
FROM load_run
WHERE town_id = :town_id AND status = 'done' AND kind IN ('incidents', 'events')
