-- overruled: the delivered events that gave way to a longer course, of the cases touched: they may stand again
-- params : events (codes in the order of the process), moves (numbers of the events that are moves)
-- returns: temporary table overruled: row_no (-1, -2 ...), place (ctid), case_id, track, at, seq, event (number), is_day
-- used by: store.ledger, after stand        index: case_event_case_id_at_idx
-- A retired event of which nothing was told since: no later wording of it, and none in the file.
CREATE TEMPORARY TABLE overruled ON COMMIT DROP AS
WITH retired AS (
  SELECT
    e.ctid AS place,
    e.case_id,
    t.track,
    e.at,
    e.seq,
    CAST(coalesce(array_position(CAST(:events AS text[]), e.event) - 1, -1) AS smallint) AS event,
    e.event AS code,
    e.day_only AS is_day,
    e.unit_id,
    e.event_no,
    e.row_hash,
    e.retired_run_id
  FROM touched AS t
  JOIN case_event AS e ON e.case_id = t.case_id
  WHERE t.has_history AND e.basis = 'event' AND e.retired_run_id <> e.load_run_id
)
SELECT
  -row_number() OVER (ORDER BY o.case_id, o.at, o.seq) AS row_no,
  o.place,
  o.case_id,
  o.track,
  o.at,
  o.seq,
  o.event,
  o.is_day
FROM retired AS o
WHERE
  NOT EXISTS (
    SELECT 1 FROM case_event AS e
    WHERE
      e.case_id = o.case_id AND e.basis = 'event' AND e.load_run_id >= o.retired_run_id
      AND (
        e.event_no = o.event_no
        OR e.row_hash = o.row_hash
        OR (
          e.event_no IS NULL AND o.event_no IS NULL AND e.at = o.at AND e.event = o.code
          AND e.unit_id IS NOT DISTINCT FROM o.unit_id AND o.event = ANY(CAST(:moves AS smallint[]))
        )
      )
  )
  AND NOT EXISTS (
    SELECT 1 FROM arrived AS a
    WHERE
      a.case_id = o.case_id
      AND (
        a.event_no = o.event_no
        OR a.row_hash = o.row_hash
        OR (
          a.event_no IS NULL AND o.event_no IS NULL AND a.at = o.at AND a.event = o.event
          AND a.unit_id IS NOT DISTINCT FROM o.unit_id AND o.event = ANY(CAST(:moves AS smallint[]))
        )
      )
  )
