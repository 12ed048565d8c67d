-- history: all facts of the cases to follow, in parts of whole cases, as arrays
-- names  : with_new (are there staged events), n_cases (at most so many in a part)
-- params : states (codes in the order of vocabulary)
-- returns: case_id, at, seq, code (kind + 8 * track + 64 * (what + 1) + 65536 where only the day is known; see
--          store.longest), row; one row a part, its facts in no order: sorting them here would cost more than all the rest
-- used by: store.ledger
SELECT
  array_agg(case_id) AS case_id,
  array_agg(at) AS at,
  array_agg(seq) AS seq,
  array_agg(code) AS code,
  array_agg(row) AS row
FROM (
  SELECT case_id / {{ n_cases }} AS part, case_id, at, seq, code, row
  FROM (
    SELECT
      case_id,
      reported_at AS at,
      CAST(0 AS real) AS seq,
      0 + 8 * track + 64 * array_position(CAST(:states AS text[]), 'reported') AS code,
      CAST(0 AS bigint) AS row
    FROM touched
    WHERE has_history
    UNION ALL
    SELECT
      case_id,
      last_at,
      last_seq,
      3 + 8 * track + 64 * array_position(CAST(:states AS text[]), last_state),
      0
    FROM touched
    WHERE has_history AND last_at IS NOT NULL
    UNION ALL
    SELECT
      st.case_id,
      st.at,
      st.seq,
      1 + 8 * st.track + 64 * (st.event + 1) + 65536 * CAST(st.is_day AS integer),
      {{ 'coalesce(v.row_no, 0)' if with_new else '0' }}
    FROM standing AS st
    {% if with_new %}
      LEFT JOIN (
        SELECT replaces, max(row_no) AS row_no
        FROM verdict
        WHERE replaces IS NOT NULL
        GROUP BY replaces
      ) AS v ON v.replaces = st.place
      UNION ALL
      SELECT
        a.case_id,
        a.at,
        0,
        2 + 8 * a.track + 64 * (a.event + 1) + 65536 * CAST(a.is_day AS integer),
        a.row_no
      FROM arrived AS a
      LEFT JOIN verdict AS v ON v.row_no = a.row_no
      WHERE a.case_id IS NOT NULL AND (v.row_no IS NULL OR v.is_last)
      UNION ALL
      SELECT
        o.case_id,
        o.at,
        o.seq,
        4 + 8 * o.track + 64 * (o.event + 1) + 65536 * CAST(o.is_day AS integer),
        o.row_no
      FROM overruled AS o
    {% endif %}
  ) AS facts
  ORDER BY part
) AS parted
GROUP BY part
ORDER BY part
