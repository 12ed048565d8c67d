-- count: rows by outcome
-- params : none
-- returns: outcome, n, n_new (cases this load makes), n_changed (cases it changes)
-- used by: pipelines.incidents
SELECT
  outcome,
  count(*) AS n,
  count(*) FILTER (WHERE is_last AND known_id IS NULL) AS n_new,
  count(*) FILTER (WHERE is_last AND known_id IS NOT NULL) AS n_changed
FROM verdict
GROUP BY outcome
