-- undue: towns of whose due cases not all are counted: of a database that was made before that was kept, or whose filling
-- died, whatever was loaded since
-- params : none
-- returns: id; one row a town
-- used by: store.marginals, with an upgrade        index: none; it looks at all stretches
-- By unit every case with a deadline that may be due and is not void is counted once, as it stands now.
WITH stands AS (
  SELECT s.town_id, count(*) AS n
  FROM case_span AS s
  WHERE s.next_at IS NULL AND s.may_be_due AND s.due_at IS NOT NULL AND s.ended IS DISTINCT FROM 'voided'
  GROUP BY s.town_id
), counted AS (
  SELECT d.town_id, sum(d.on_time + d.late + d.exempt + d.open + d.suspended + d.put_off) AS n
  FROM due_day AS d
  WHERE d.kind = 2
  GROUP BY d.town_id
)
SELECT t.id
FROM town AS t
LEFT JOIN stands AS s ON s.town_id = t.id
LEFT JOIN counted AS c ON c.town_id = t.id
WHERE coalesce(s.n, 0) <> coalesce(c.n, 0)
ORDER BY t.id
