-- count: the staged events by kind and outcome
-- params : none
-- returns: event (number), outcome, n, newest_at (timestamptz: of those that are not dated later than now); one row a kind and
--          outcome
-- used by: store.ledger
SELECT
  a.event,
  coalesce(f.outcome, 'loaded') AS outcome,
  count(*) AS n,
  max(a.at) FILTER (WHERE a.at <= now()) AS newest_at
FROM arrived AS a
LEFT JOIN fate AS f ON f.row_no = a.row_no
GROUP BY 1, 2
