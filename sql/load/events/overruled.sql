-- overruled: the delivered events that gave way to a longer course, of the cases touched: they may stand again
-- params : events (codes in the order of the process), moves (numbers of the events that are moves)
-- returns: temporary table overruled: row_no (-1, -2 ...), place (ctid), case_id, track, at, seq, event (number), is_day
-- used by: store.ledger, after stand        index: case_event_case_id_at_idx
-- A retired event of which nothing was told since: no later wording of it, and none in the file.
CREATE TEMPORARY TABLE overruled ON COMMIT DROP AS
SELECT
  -row_number() OVER (ORDER BY o.case_id, o.at, o.seq) AS row_no,
  o.place,
  o.case_id,
  o.track,
  o.at,
  o.seq,
  o.event,
  o.is_day
FROM (
  SELECT
    e.*,
    e.ctid AS place,
    t.track,
    e.day_only AS is_day,
    CAST(coalesce(array_position(CAST(:events AS text[]), e.event) - 1, -1) AS smallint) AS number
  FROM touched AS t
  JOIN case_event AS e ON e.case_id = t.case_id
  WHERE t.has_history AND e.basis = 'event' AND e.retired_run_id IS NOT NULL AND e.retired_run_id <> e.load_run_id
) AS retired
CROSS JOIN LATERAL (
  SELECT retired.case_id, retired.place, retired.track, retired.at, retired.seq, retired.number AS event, retired.is_day
) AS o
WHERE
  NOT EXISTS (
    SELECT 1 FROM case_event AS later
    WHERE
      later.case_id = retired.case_id AND later.basis = 'event' AND later.load_run_id >= retired.retired_run_id
      AND (
        later.event_no = retired.event_no
        OR later.row_hash = retired.row_hash
        OR (
          later.event_no IS NULL AND retired.event_no IS NULL AND later.at = retired.at AND later.event = retired.event
          AND later.unit_id IS NOT DISTINCT FROM retired.unit_id AND retired.number = ANY(CAST(:moves AS smallint[]))
        )
      )
  )
  AND NOT EXISTS (
    SELECT 1 FROM arrived AS a
    WHERE
      a.case_id = retired.case_id
      AND (
        a.event_no = retired.event_no
        OR a.row_hash = retired.row_hash
        OR (
          a.event_no IS NULL AND retired.event_no IS NULL AND a.at = retired.at AND a.event = retired.number
          AND a.unit_id IS NOT DISTINCT FROM retired.unit_id AND retired.number = ANY(CAST(:moves AS smallint[]))
        )
      )
  )
