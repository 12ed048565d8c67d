-- decide: what becomes of the staged events that are not simply new, all decisions together
-- params : none
-- returns: temporary table fate: row_no, outcome, is_in (goes into the ledger), is_passed (and is retired at once), seq,
--          at (null = as it arrived), replaces
-- used by: store.ledger, after classify, the answers of store.following, and refuse_mates
CREATE TEMPORARY TABLE fate ON COMMIT DROP AS
SELECT
  coalesce(v.row_no, r.row_no, n.row_no) AS row_no,
  CASE WHEN r.row_no IS NOT NULL THEN 'quarantined' ELSE coalesce(v.outcome, 'loaded') END AS outcome,
  r.row_no IS NULL AND (v.row_no IS NULL OR v.is_last OR v.is_passed) AS is_in,
  coalesce(v.is_passed, FALSE) AS is_passed,
  coalesce(n.seq, 1) AS seq,
  n.at,
  v.replaces
FROM verdict AS v
FULL JOIN refused AS r ON r.row_no = v.row_no
FULL JOIN numbered AS n ON n.row_no = coalesce(v.row_no, r.row_no)
UNION ALL
SELECT row_no, 'quarantined', FALSE, FALSE, 1, NULL, NULL
FROM arrived
WHERE case_id IS NULL
