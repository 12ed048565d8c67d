-- retold: the cases of which those loads told something
-- params : town_id
-- returns: temporary table retold: case_id
-- used by: store.known, after later
CREATE TEMPORARY TABLE retold ON COMMIT DROP AS
SELECT case_id
FROM gridgov.case_event
WHERE load_run_id = ANY(ARRAY(SELECT run_id FROM later_run))
UNION
SELECT case_id
FROM gridgov.case_event
WHERE retired_run_id = ANY(ARRAY(SELECT run_id FROM later_run))
UNION
SELECT id
FROM gridgov.case_record
WHERE town_id = :town_id AND load_run_id = ANY(ARRAY(SELECT run_id FROM later_run))
