{#
  The state of case p at :at, as the dimension `state` has it: of an open case what the last event that moved it led to (an
  urging or a photo leaves it as it was), of one that had ended how it ended (closed, forced_closed, voided), whatever was noted
  of it since: a rating or the archiving is no state of its own here. The stretches tell it. One that ended in the second it was
  reported, and was opened again later, has none in between: there its ledger says how it ended. One row.

  params  at, moves (text[]: events that lead to a state), leads_to (text[]: the state each leads to), see process.EVENTS;
          endings (text[]: the states in which a case is no longer open, vocabulary.ENDED)
#}
{% macro was() %}
SELECT coalesce(
  (
    SELECT CASE WHEN l.to_at <= :at THEN l.ended ELSE l.state END
    FROM case_span AS l
    WHERE l.case_id = p.id AND l.from_at <= :at
    ORDER BY l.from_at DESC, l.to_at DESC NULLS FIRST
    LIMIT 1
  ),
  (
    SELECT CASE WHEN led.state IN ('voided', 'forced_closed') THEN led.state ELSE 'closed' END
    FROM case_event AS e
    CROSS JOIN LATERAL (
      SELECT
        CASE
          WHEN e.basis = 'row' THEN e.event
          ELSE (CAST(:leads_to AS text[]))[array_position(CAST(:moves AS text[]), e.event)]
        END AS state
    ) AS led
    WHERE e.case_id = p.id AND e.at <= :at AND e.retired_run_id IS NULL AND led.state = ANY(CAST(:endings AS text[]))
    ORDER BY e.at, e.seq
    LIMIT 1
  )
) AS event
{% endmacro %}
