-- count: rows by outcome, and cases made and changed
-- names  : stage (table)
-- params : none
-- returns: outcome, n, n_new (cases this load makes), n_changed (cases it changes); one row an outcome
-- used by: store.cases
SELECT
  outcome,
  count(*) AS n,
  count(*) FILTER (WHERE is_last AND known_id IS NULL) AS n_new,
  count(*) FILTER (WHERE is_last AND known_id IS NOT NULL) AS n_changed
FROM verdict
GROUP BY outcome
UNION ALL
SELECT
  'loaded',
  single.n,
  single.n,
  0
FROM (
  SELECT (SELECT count(*) FROM {{ stage | identifier }}) - (SELECT count(*) FROM verdict) AS n
) AS single
