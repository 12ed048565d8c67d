{#
  What waits in quarantine, a row for each reason of each row that could not be loaded.

  returns  id, source, kind, reason (without what is said of the single row: what stands before the colon), row_no, run_id,
           quarantined_at
  params   town_id
#}
{% macro refused() %}
SELECT
  q.id,
  s.code AS source,
  q.kind,
  split_part(said, ':', 1) AS reason,
  q.row_no,
  q.last_run_id AS run_id,
  q.quarantined_at
FROM quarantine AS q
JOIN source AS s ON s.id = q.source_id
CROSS JOIN LATERAL unnest(q.reasons) AS said
WHERE q.town_id = :town_id AND q.resolved_at IS NULL
{% endmacro %}
