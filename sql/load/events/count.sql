-- count: the staged events by kind and outcome
-- params : none
-- returns: event (number), outcome, n; one row a kind and outcome
-- used by: store.ledger
SELECT
  a.event,
  CASE WHEN a.case_id IS NULL OR r.row_no IS NOT NULL THEN 'quarantined' ELSE coalesce(v.outcome, 'loaded') END AS outcome,
  count(*) AS n
FROM arrived AS a
LEFT JOIN verdict AS v ON v.row_no = a.row_no
LEFT JOIN refused AS r ON r.row_no = a.row_no
GROUP BY 1, 2
