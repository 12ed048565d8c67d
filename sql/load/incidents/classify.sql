-- classify: the outcome of the staged rows whose case is in the store or comes more than once, before anything is changed
-- names  : stage (table)
-- params : source_id
-- returns: temporary table verdict: row_no, case_no, outcome, is_last (the row that the case becomes), known_id (case
--          already in the store), case_id (that, or a new id for the row that makes the case), place in the chain, and
--          before_row (row_no of the row before it there). A staged row without a verdict is the only one of a new case:
--          'loaded'.
-- used by: store.cases        index: case_record_source_id_case_no_key
-- A case's rows in one file form a chain: by version (updated_at) where the source gives one, else by line. If the chain
-- ends in what is known, every row of it is unchanged. Most cases come once, so only the others are sorted.
CREATE TEMPORARY TABLE verdict ON COMMIT DROP AS
WITH repeated AS (
  -- By fingerprint, which is quicker to group than text; two numbers that share one are told apart below.
  SELECT key_hash
  FROM {{ stage | identifier }}
  GROUP BY key_hash
  HAVING count(*) > 1
), chain AS (
  SELECT
    s.row_no,
    -- The row before it in the chain; rows older than what is known are no part of what the case goes through.
    lag(CASE WHEN c.updated_at IS NULL OR s.updated_at >= c.updated_at THEN s.row_hash END) OVER chain AS before_hash,
    lag(CASE WHEN c.updated_at IS NULL OR s.updated_at >= c.updated_at THEN s.row_no END) OVER chain AS before_row,
    row_number() OVER chain AS place,
    lead(s.row_no) OVER chain IS NULL AS is_last,
    last_value(s.row_hash) OVER (chain ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS last_hash
  FROM {{ stage | identifier }} AS s
  JOIN repeated ON repeated.key_hash = s.key_hash
  LEFT JOIN case_record AS c ON c.source_id = :source_id AND c.case_no = s.case_no
  WINDOW chain AS (PARTITION BY s.case_no ORDER BY s.updated_at NULLS FIRST, s.row_no)
), compared AS (
  SELECT
    s.row_no,
    s.case_no,
    s.row_hash,
    c.id AS known_id,
    c.row_hash AS known_hash,
    -- A row without a version is older than any with one, and a row tried again than what a later load said.
    (c.updated_at IS NOT NULL AND coalesce(s.updated_at < c.updated_at, TRUE))
    OR coalesce(s.told_in < c.load_run_id, FALSE) AS is_superseded,
    chain.before_hash,
    chain.before_row,
    chain.place,
    coalesce(chain.is_last, TRUE) AS is_last,
    coalesce(chain.last_hash, s.row_hash) AS last_hash
  FROM {{ stage | identifier }} AS s
  LEFT JOIN chain ON chain.row_no = s.row_no
  LEFT JOIN case_record AS c ON c.source_id = :source_id AND c.case_no = s.case_no
  WHERE chain.row_no IS NOT NULL OR c.id IS NOT NULL
), judged AS (
  SELECT
    compared.*,
    CASE
      WHEN last_hash = known_hash THEN 'unchanged'
      WHEN is_superseded THEN 'superseded'
      WHEN row_hash = before_hash THEN 'duplicate'
      WHEN before_hash IS NULL AND known_id IS NULL THEN 'loaded'
      WHEN row_hash = known_hash AND before_hash IS NULL THEN 'unchanged'
      ELSE 'updated'
    END AS outcome
  FROM compared
)
SELECT
  row_no,
  case_no,
  outcome,
  known_id,
  before_row,
  place,
  is_last AND outcome NOT IN ('unchanged', 'superseded') AS is_last,
  CASE
    WHEN known_id IS NOT NULL THEN known_id
    WHEN is_last THEN nextval('case_record_id_seq')
  END AS case_id
FROM judged
