{#
  The state of case p at :at: what the last event that moved it led to; side events (an urging, a photo) leave it as it was.
  What was inferred from a flat row is a state itself. One row, or none.

  params  at, moves (text[]: events that lead to a state), leads_to (text[]: the state each leads to), see process.EVENTS
#}
{% macro was() %}
SELECT
  CASE
    WHEN e.basis = 'row' THEN e.event
    ELSE (CAST(:leads_to AS text[]))[array_position(CAST(:moves AS text[]), e.event)]
  END AS event
FROM case_event AS e
WHERE
  e.case_id = p.id AND e.at <= :at AND e.retired_run_id IS NULL
  AND (e.basis = 'row' OR e.event = ANY(CAST(:moves AS text[])))
ORDER BY e.at DESC, e.seq DESC
LIMIT 1
{% endmacro %}
