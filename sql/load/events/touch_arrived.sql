-- touch_arrived: the cases that a staged file tells of, with what their flat rows tell
-- params : tracks (codes in the order of vocabulary)
-- returns: temporary table touched: case_id, track (number), reported_at, reported_is_day, last_at (null = reported is all),
--          last_seq, last_state, last_is_day, has_history (true)
-- used by: store.ledger, after arrive        index: case_record_pkey
{% from 'load/events/_touched.sql' import columns %}
CREATE TEMPORARY TABLE touched ON COMMIT DROP AS
SELECT
  {{ columns() }},
  TRUE AS has_history
FROM (SELECT DISTINCT case_id FROM arrived) AS a
JOIN case_record AS c ON c.id = a.case_id
