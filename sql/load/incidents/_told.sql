{# The short ledger of a flat row s: reported, the state last told of, the end. #}
{% macro told() %}
VALUES
  (s.reported_at, CAST(1 AS smallint), 'reported', coalesce(s.day_only, 0) & 1 <> 0),
  (
    CASE WHEN s.closed_at IS NULL AND s.state <> 'reported' THEN greatest(s.updated_at, s.reported_at) END,
    CAST(2 AS smallint), s.state, FALSE
  ),
  (s.closed_at, CAST(3 AS smallint), s.state, coalesce(s.day_only, 0) & 2 <> 0)
{% endmacro %}
