{#
  The state of case p at :at, as the dimension `state` has it: of an open case what the last event that moved it led to (an
  urging or a photo leaves it as it was), of one that had ended how it ended (closed, forced_closed, voided), whatever was noted
  of it since: a rating or the archiving is no state of its own here. The stretches tell it. One row.

  params  at
#}
{% macro was() %}
SELECT CASE WHEN l.to_at <= :at THEN l.ended ELSE l.state END AS event
FROM case_span AS l
WHERE l.case_id = p.id AND l.from_at <= :at
ORDER BY l.from_at DESC, l.to_at DESC NULLS FIRST
LIMIT 1
{% endmacro %}
