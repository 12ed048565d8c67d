-- placed: where the cases of a source are
-- params : source_id
-- returns: place_status, n; one row a status
-- used by: store.cases
SELECT
  place_status,
  count(*) AS n
FROM case_record
WHERE source_id = :source_id
GROUP BY place_status
