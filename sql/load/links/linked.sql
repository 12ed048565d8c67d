-- linked: the cases that a load touched
-- names  : cases (fragment: a query for case_id)
-- params : those of the fragment
-- returns: temporary table linked: case_id
-- used by: store.links
CREATE TEMPORARY TABLE linked ON COMMIT DROP AS
SELECT DISTINCT asked.case_id
FROM (
  {{ cases }}
) AS asked
