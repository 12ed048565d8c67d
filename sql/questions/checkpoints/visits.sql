-- visits: the visits of checkpoints on the days of a window
-- params : town_id, since_on, until_on (days, both inclusive)
-- returns: key, day (days since 1970-01-01), n, last_at; one row a checkpoint and day with any
-- used by: questions checkpoints, checkpoints_missed        index: checkpoint_visit_pkey
SELECT
  checkpoint AS key,
  day_on - date '1970-01-01' AS day,
  n,
  last_at
FROM checkpoint_visit
WHERE town_id = :town_id AND day_on BETWEEN :since_on AND :until_on
