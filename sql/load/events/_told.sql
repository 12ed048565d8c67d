{#
  The short ledger of a flat row c: reported, the state last told of, the end. Among the facts of one instant the first
  comes before, the others after all that is delivered (seq 1, 2 ...).
#}
{% macro told() %}
VALUES
  (c.reported_at, CAST(0 AS real), 'reported', c.day_only & 1 <> 0),
  (
    CASE WHEN c.closed_at IS NULL AND c.state <> 'reported' THEN greatest(c.updated_at, c.reported_at) END,
    CAST(9998 AS real), c.state, FALSE
  ),
  (c.closed_at, CAST(9999 AS real), c.state, c.day_only & 2 <> 0)
{% endmacro %}
