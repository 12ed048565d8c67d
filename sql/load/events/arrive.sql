-- arrive: the staged events with the case each belongs to, as they will stand in the ledger
-- names  : stage (table)
-- params : source_id; tracks (codes), moves (numbers of the events that are moves), zone (of the file), unit_ids (array: the id of word n at place n)
-- returns: temporary table arrived: row_no, case_id (null = nobody knows the case), track (number; see process.UNKNOWN_TRACK),
--          at, event (number), is_day, unit_id, event_no, actor, reason, due_at, detail, key_hash and key_unit (two rows that
--          agree in them and their case speak of one event), row_hash, may_repeat, told_in
-- used by: store.ledger        index: case_record_source_id_case_no_key
CREATE TEMPORARY TABLE arrived ON COMMIT DROP AS
SELECT
  s.row_no,
  c.id AS case_id,
  s.key_hash,
  s.row_hash,
  -- What came as a date, of the day of the report, happened at the earliest with it.
  CASE
    WHEN
      s.is_day AND s.at < c.reported_at
      AND CAST(s.at AT TIME ZONE :zone AS date) = CAST(c.reported_at AT TIME ZONE :zone AS date)
      THEN c.reported_at
    ELSE s.at
  END AS at,
  s.due_at,
  (CAST(:unit_ids AS integer[]))[s.unit_word] AS unit_id,
  -- A unit may go by its name in one row and by its code in the other.
  CASE WHEN s.event_no IS NULL AND s.event = ANY(CAST(:moves AS smallint[])) THEN (CAST(:unit_ids AS integer[]))[s.unit_word] END
    AS key_unit,
  s.told_in,
  s.may_repeat,
  s.event,
  CAST(coalesce(array_position(CAST(:tracks AS text[]), c.track) - 1, cardinality(CAST(:tracks AS text[]))) AS smallint)
    AS track,
  coalesce(s.is_day, FALSE) AS is_day,
  s.event_no,
  s.actor,
  s.reason,
  s.detail
FROM {{ stage | identifier }} AS s
LEFT JOIN case_record AS c ON c.source_id = :source_id AND c.case_no = s.case_no
