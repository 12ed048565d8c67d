-- history: all facts of the cases to follow, as store.following wants them; for COPY, so without parameters and without null
-- names  : with_new (are there staged events)
-- params : none
-- returns: case_id, at, seq, kind, what, track, row; sorted by case, instant and delivered order
-- used by: store.ledger
SELECT case_id, at, seq, kind, what, track, row
FROM (
  SELECT
    t.case_id,
    t.at,
    t.seq,
    CAST(CASE WHEN t.seq = 0 THEN 0 ELSE 3 END AS smallint) AS kind,
    t.state AS what,
    t.track,
    CAST(0 AS bigint) AS row,
    CAST(t.seq AS double precision) AS place
  FROM told AS t
  JOIN followed AS f ON f.case_id = t.case_id
  UNION ALL
  SELECT
    st.case_id,
    st.at,
    st.seq,
    CAST(1 AS smallint),
    st.event,
    t.track,
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
    CAST(2 AS smallint),
    a.event,
    a.track,
    a.row_no,
    -- By line, after what stands and before what a flat row says last; exact for a billion lines.
    9000 + a.row_no * CAST(1e-9 AS double precision)
  FROM arrived AS a
  LEFT JOIN verdict AS v ON v.row_no = a.row_no
  WHERE a.case_id IS NOT NULL AND (v.row_no IS NULL OR v.is_last)
  {% endif %}
) AS facts
ORDER BY case_id, at, place
