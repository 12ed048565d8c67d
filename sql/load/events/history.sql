-- history: all facts of the cases to follow, as store.following wants them, in parts of whole cases
-- names  : with_new (are there staged events), ids (the first case of each part but the first, joined by commas)
-- params : none
-- returns: case_id, at, seq, code (kind + 8 * track + 64 * (what + 1)), row: arrays, sorted by case, instant and delivered
--          order; one row a part
-- used by: store.ledger
SELECT
  array_agg(case_id) AS case_id,
  array_agg(at) AS at,
  array_agg(seq) AS seq,
  array_agg(code) AS code,
  array_agg(row) AS row
FROM (
  SELECT width_bucket(case_id, CAST('{ {{- ids -}} }' AS bigint[])) AS part, case_id, at, seq, code, row
  FROM (
    SELECT
      t.case_id,
      t.at,
      t.seq,
      CASE WHEN t.seq = 0 THEN 0 ELSE 3 END + 8 * t.track + 64 * (t.state + 1) AS code,
      CAST(0 AS bigint) AS row,
      CAST(t.seq AS double precision) AS place
    FROM told AS t
    JOIN followed AS f ON f.case_id = t.case_id
    UNION ALL
    SELECT
      st.case_id,
      st.at,
      st.seq,
      1 + 8 * t.track + 64 * (st.event + 1),
      {{ 'coalesce(v.row_no, 0)' if with_new else 'CAST(0 AS bigint)' }},
      st.seq
    FROM standing AS st
    JOIN told AS t ON t.case_id = st.case_id AND t.seq = 0
    {% if with_new %}
    LEFT JOIN (
      SELECT DISTINCT ON (replaces) replaces, row_no
      FROM verdict
      WHERE replaces IS NOT NULL
      ORDER BY replaces, row_no DESC
    ) AS v ON v.replaces = st.place
    UNION ALL
    SELECT
      a.case_id,
      a.at,
      CAST(0 AS real),
      2 + 8 * a.track + 64 * (a.event + 1),
      a.row_no,
      -- By line, after what stands and before what a flat row says last; exact for a billion lines.
      9000 + a.row_no * CAST(1e-9 AS double precision)
    FROM arrived AS a
    LEFT JOIN verdict AS v ON v.row_no = a.row_no
    WHERE a.case_id IS NOT NULL AND (v.row_no IS NULL OR v.is_last)
    {% endif %}
  ) AS facts
  ORDER BY part, case_id, at, place
) AS sorted
GROUP BY part
ORDER BY part
