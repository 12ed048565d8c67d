-- classify: the outcome of the staged events that come more than once, or that stand already in this or another wording
-- params : moves (numbers of the events that are moves), zone (of the file)
-- returns: temporary table verdict: row_no, case_id, key_hash, key_unit, outcome, is_last (what its chain becomes, said for
--          the first time), is_passed (what a later line of the file replaces), replaces (ctid of the event that stands and is
--          replaced by it). A staged event without a verdict is new: 'loaded'.
-- used by: store.ledger, after arrive and stand
-- The rows of one event in a file form a chain, by line. If it ends in what is known, every row of it is unchanged. An event
-- is known by its number; without one, a move by its case, instant (or day, where only that is known) and unit, a side event by
-- all it says (two people can urge at the same minute).
CREATE TEMPORARY TABLE verdict ON COMMIT DROP AS
WITH repeated AS (
  SELECT DISTINCT key_hash
  FROM arrived
  WHERE may_repeat
), linked AS (
  SELECT
    a.row_no,
    a.case_id,
    a.key_hash,
    a.key_unit,
    lag(a.row_hash) OVER chain AS before_hash,
    coalesce(a.row_hash <> lag(a.row_hash) OVER chain, TRUE) AS says_more,
    last_value(a.row_hash) OVER (chain ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS last_hash
  FROM repeated AS r
  JOIN arrived AS a ON a.key_hash = r.key_hash
  WHERE a.case_id IS NOT NULL
  WINDOW chain AS (PARTITION BY a.case_id, a.key_hash, a.key_unit ORDER BY a.row_no)
), chain AS (
  SELECT
    row_no,
    before_hash,
    last_hash,
    row_no = max(row_no) FILTER (WHERE says_more) OVER (PARTITION BY case_id, key_hash, key_unit) AS is_last
  FROM linked
), same AS (
  SELECT a.row_no, st.place, st.row_hash, st.load_run_id
  FROM standing AS st
  JOIN arrived AS a ON a.case_id = st.case_id AND a.row_hash = st.row_hash
), other AS (
  SELECT a.row_no, st.place, st.row_hash, st.load_run_id
  FROM standing AS st
  JOIN arrived AS a ON a.case_id = st.case_id AND a.event_no = st.event_no
  WHERE a.row_hash <> st.row_hash
  UNION ALL
  SELECT a.row_no, st.place, st.row_hash, st.load_run_id
  FROM standing AS st
  JOIN arrived AS a ON a.case_id = st.case_id AND a.event = st.event
  WHERE
    a.event_no IS NULL AND st.event_no IS NULL AND a.row_hash <> st.row_hash
    AND (
      a.at = st.at
      OR (a.is_day AND st.is_day AND CAST(a.at AT TIME ZONE :zone AS date) = CAST(st.at AT TIME ZONE :zone AS date))
    )
    AND a.unit_id IS NOT DISTINCT FROM st.unit_id AND a.event = ANY(CAST(:moves AS smallint[]))
), known AS (
  SELECT row_no, place, row_hash, load_run_id
  FROM same
  UNION ALL
  (
    SELECT DISTINCT ON (o.row_no) o.row_no, o.place, o.row_hash, o.load_run_id
    FROM other AS o
    LEFT JOIN same AS s ON s.row_no = o.row_no
    WHERE s.row_no IS NULL
    ORDER BY o.row_no, o.place
  )
), compared AS (
  SELECT
    a.row_no,
    a.case_id,
    a.key_hash,
    a.key_unit,
    a.row_hash,
    a.told_in < k.load_run_id AS is_superseded,
    k.place,
    k.row_hash AS known_hash,
    c.before_hash,
    coalesce(c.is_last, TRUE) AS is_last,
    coalesce(c.last_hash, a.row_hash) AS last_hash
  FROM chain AS c
  FULL JOIN known AS k ON k.row_no = c.row_no
  JOIN arrived AS a ON a.row_no = coalesce(c.row_no, k.row_no)
), judged AS (
  SELECT
    row_no,
    case_id,
    key_hash,
    key_unit,
    row_hash <> last_hash AS differs,
    is_last,
    place,
    CASE
      WHEN last_hash = known_hash THEN 'unchanged'
      WHEN is_superseded THEN 'superseded'
      WHEN row_hash = before_hash THEN 'duplicate'
      WHEN before_hash IS NULL AND place IS NULL THEN 'loaded'
      WHEN row_hash = known_hash AND before_hash IS NULL THEN 'unchanged'
      ELSE 'updated'
    END AS outcome
  FROM compared
)
SELECT
  row_no,
  case_id,
  key_hash,
  key_unit,
  outcome,
  is_last AND outcome NOT IN ('unchanged', 'superseded') AS is_last,
  NOT is_last AND differs AND outcome IN ('loaded', 'updated') AS is_passed,
  CASE WHEN is_last AND outcome NOT IN ('unchanged', 'superseded') THEN place END AS replaces
FROM judged
