-- integrity/gone_on: the ledgers of the cases closed in a period that were opened again after :at, until the end that stood then
-- params : town_id, zone, since, until (timestamptz, until excluded), at
-- returns: case_id, ended_at (when that end came), track, is_urgent, file_due_at (delivered with the case), limit_value,
--          limit_unit; and of an event at, event, is_row (inferred from a flat row), due_at, actor (a number, -1 = none); one row
--          an event, in the order of cases and of their ledgers
-- used by: questions.gone_on        index: case_span_ended_to_at_idx, case_fact_pkey, case_event_case_id_at_idx
{% from 'load/rollups/_deadline.sql' import deadline %}
{% from 'questions/_spanned.sql' import ended %}
SELECT
  p.case_id,
  p.to_at AS ended_at,
  c.track,
  coalesce(c.is_urgent, FALSE) AS is_urgent,
  {{ deadline() }} AS file_due_at,
  f.limit_value,
  f.limit_unit,
  e.at,
  e.event,
  e.basis = 'row' AS is_row,
  e.due_at,
  coalesce(hashtextextended(e.actor, 0) & 9223372036854775807, -1) AS actor
FROM (
  {{ ended('home') }}
    AND s.ended IN ('closed', 'forced_closed') AND s.to_at >= :since AND s.to_at < :until AND s.next_at IS NOT NULL
) AS p
JOIN case_fact AS f ON f.case_id = p.case_id AND f.ended_at IS DISTINCT FROM p.to_at
JOIN case_record AS c ON c.id = p.case_id
JOIN case_event AS e ON e.case_id = p.case_id
WHERE e.retired_run_id IS NULL AND e.at < p.to_at + make_interval(secs => 1)
ORDER BY p.case_id, e.at, e.seq
