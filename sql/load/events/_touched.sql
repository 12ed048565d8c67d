{#
  What the flat row c of a case tells: reported, and last either the state of an open case or its end. Among the facts of
  one instant the first comes before, the last after all that is delivered (seq 1, 2 ...).
#}
{% macro columns() %}
  c.id AS case_id,
  CAST(coalesce(array_position(CAST(:tracks AS text[]), c.track) - 1, cardinality(CAST(:tracks AS text[]))) AS smallint)
    AS track,
  c.reported_at,
  c.day_only & 1 <> 0 AS reported_is_day,
  CASE
    WHEN c.closed_at IS NOT NULL THEN c.closed_at
    WHEN c.state <> 'reported' THEN greatest(c.updated_at, c.reported_at)
  END AS last_at,
  CAST(CASE WHEN c.closed_at IS NULL THEN 9998 ELSE 9999 END AS real) AS last_seq,
  c.state AS last_state,
  c.closed_at IS NOT NULL AND c.day_only & 2 <> 0 AS last_is_day
{% endmacro %}
