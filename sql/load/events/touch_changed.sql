-- touch_changed: the cases whose flat row changed, with what it tells now
-- names  : cases (fragment: a table with case_id)
-- params : tracks (codes in the order of vocabulary)
-- returns: temporary table touched as in touch_arrived; has_history = events are delivered of the case
-- used by: store.ledger, for loads of incidents        index: case_record_pkey, case_event_case_id_at_idx
{% from 'load/events/_touched.sql' import columns %}
CREATE TEMPORARY TABLE touched ON COMMIT DROP AS
SELECT
  {{ columns() }},
  EXISTS (
    SELECT 1 FROM case_event AS e
    WHERE e.case_id = c.id AND e.basis = 'event' AND e.retired_run_id IS NULL
  ) AS has_history
FROM {{ cases }} AS changed
JOIN case_record AS c ON c.id = changed.case_id
