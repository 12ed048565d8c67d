-- tell: what the flat rows of some cases tell
-- names  : cases (fragment: a table with case_id)
-- params : tracks, states (codes in the order of vocabulary)
-- returns: temporary table told: case_id, track (number), at, seq, event, state (its number), day_only; up to two rows a case
-- used by: store.ledger        index: case_record_pkey
{% from 'load/events/_told.sql' import told %}
CREATE TEMPORARY TABLE told ON COMMIT DROP AS
SELECT
  c.id AS case_id,
  CAST(coalesce(array_position(CAST(:tracks AS text[]), c.track) - 1, cardinality(CAST(:tracks AS text[]))) AS smallint)
    AS track,
  e.at,
  e.seq,
  e.event,
  CAST(array_position(CAST(:states AS text[]), e.event) - 1 AS smallint) AS state,
  e.day_only
FROM {{ cases }} AS wanted
JOIN case_record AS c ON c.id = wanted.case_id
CROSS JOIN LATERAL (
  {{ told() }}
) AS e (at, seq, event, day_only)
WHERE e.at IS NOT NULL
