{#
  The due cohort (应结案) of a period as it stood at :at, and the closings of a period that stand at :at.

  placement   as in _placed.sql
  only_due    as in _spanned.sql
  by_handled  the rules say [on_time] by = "handled": it is the handling that must come before the deadline, not the closing
#}
{% from 'questions/_placed.sql' import within %}
{% from 'questions/_spanned.sql' import ended, running, spanned %}
{% from 'questions/_grouped.sql' import chosen %}

{#
  One row a case whose deadline lies in [:since, :until) and before :at: the columns of _spanned.sql, answered_at (when it was
  closed, or handled where the handling is judged; null or after :at: not yet), event (the state at :at) and part: on_time, late_closed, exempt, overdue_open, suspended; put_off (缓办, not among the due); out (void).

  Where the handling is judged, a stretch shows no deadline once the case is handled. What counts is then the last stretch in
  which the case waited for its unit: it ends with the handling, or with the end of a case that never was handled. Where a case
  was given out and handled within one second, or was told another deadline in the second of its end, its last stretch, without
  time, tells of the deadline.
#}
{% macro due(placement, by_handled, only_due) %}{% if by_handled %}
SELECT
  a.*,
  CASE WHEN now.to_at <= :at THEN now.ended ELSE now.state END AS event,
  CASE
    WHEN now.to_at <= :at AND now.ended = 'voided' THEN 'out'
    WHEN a.answered_at > :at OR a.answered_at IS NULL
      THEN CASE WHEN a.is_put_off THEN 'put_off' WHEN a.is_paused THEN 'suspended' ELSE 'overdue_open' END
    WHEN a.answered_at <= a.due_at THEN 'on_time'
    WHEN now.exempt_at <= :at THEN 'exempt'
    ELSE 'late_closed'
  END AS part
FROM (
  SELECT w.*, w.to_at AS answered_at
  FROM (
    {{ spanned(placement) }}
      AND s.due_at >= :since AND s.due_at < :until AND s.due_at <= :at AND s.from_at <= :at
      AND s.stage NOT IN ('check', 'close')
  ) AS w
  WHERE
    NOT EXISTS (
      SELECT 1
      FROM case_span AS l
      WHERE
        l.case_id = w.case_id AND l.from_at > w.from_at AND l.from_at <= :at
        AND (l.stage NOT IN ('check', 'close') OR (l.from_at = l.to_at AND l.due_at IS DISTINCT FROM w.due_at))
    )
  UNION ALL
  SELECT
    f.*,
    (
      SELECT min(l.from_at)
      FROM case_span AS l
      WHERE
        l.case_id = f.case_id AND l.stage IN ('check', 'close')
        AND l.from_at >= coalesce(
          (
            SELECT max(b.to_at)
            FROM case_span AS b
            WHERE b.case_id = f.case_id AND b.from_at < f.from_at AND b.stage NOT IN ('check', 'close')
          ),
          '-infinity'
        )
    )
  FROM (
    {{ ended(placement, only_due) }}
      AND s.due_at >= :since AND s.due_at < :until AND s.due_at <= :at AND s.stage = 'close' AND s.from_at = s.to_at
  ) AS f
  WHERE
    NOT EXISTS (
      SELECT 1
      FROM case_span AS l
      WHERE l.case_id = f.case_id AND l.from_at <= f.from_at AND l.stage NOT IN ('check', 'close') AND l.due_at = f.due_at
    )
) AS a
CROSS JOIN LATERAL (
  SELECT l.state, l.ended, l.to_at, l.exempt_at
  FROM case_span AS l
  WHERE l.case_id = a.case_id AND l.from_at <= :at
  ORDER BY l.from_at DESC, l.to_at DESC NULLS FIRST
  LIMIT 1
) AS now
{% else %}
SELECT
  e.*,
  e.to_at AS answered_at,
  e.ended AS event,
  CASE
    WHEN e.ended = 'voided' THEN 'out'
    WHEN e.to_at <= e.due_at THEN 'on_time'
    WHEN e.exempt_at <= :at THEN 'exempt'
    ELSE 'late_closed'
  END AS part
FROM (
  {{ ended(placement, only_due) }}
    AND s.due_at >= :since AND s.due_at < :until AND s.due_at <= :at
) AS e
UNION ALL
SELECT
  r.*,
  CAST(NULL AS timestamptz) AS answered_at,
  r.state AS event,
  CASE WHEN r.is_put_off THEN 'put_off' WHEN r.is_paused THEN 'suspended' ELSE 'overdue_open' END AS part
FROM (
  {{ running(placement) }}
) AS r
WHERE r.due_at >= :since AND r.due_at < :until AND r.due_at <= :at
{% endif %}
{% endmacro %}

{#
  One row a closing in [:since, :until) that stands at :at (a case that was opened again has none): the columns of _spanned.sql,
  event, and part: on_time, late, exempt, or no_deadline.
#}
{% macro closings(placement, by_handled, only_due) %}
SELECT
  e.*,
  e.ended AS event,
  CASE
    WHEN coalesce(a.due_at, e.due_at) IS NULL THEN 'no_deadline'
    WHEN coalesce(a.answered_at, e.to_at) <= coalesce(a.due_at, e.due_at) THEN 'on_time'
    WHEN e.exempt_at <= :at THEN 'exempt'
    ELSE 'late'
  END AS part
FROM (
  {{ ended(placement, only_due) }}
    AND s.ended IN ('closed', 'forced_closed') AND s.to_at >= :since AND s.to_at < :until
) AS e
LEFT JOIN LATERAL (
{% if by_handled %}
  SELECT l.due_at, l.to_at AS answered_at
  FROM case_span AS l
  WHERE l.case_id = e.case_id AND l.from_at <= e.from_at AND l.stage NOT IN ('check', 'close')
  ORDER BY l.from_at DESC
  LIMIT 1
{% else %}
  SELECT CAST(NULL AS timestamptz) AS due_at, CAST(NULL AS timestamptz) AS answered_at
{% endif %}
) AS a ON TRUE
{% endmacro %}

{#
  The due cohort, chosen and grouped by: one row a case that is due or put off, with the period of its deadline, the keys, what
  ('due', or 'put_off'), case_id, part, is_urgent_case (no key has that name).
#}
{% macro judged(placement, by_handled, only_due, period, keys, conditions) %}
SELECT
  {{ chosen(period, 'p.due_at', keys) }}
  CASE p.part WHEN 'put_off' THEN 'put_off' ELSE 'due' END AS what,
  p.case_id,
  p.part,
  p.is_urgent AS is_urgent_case
FROM (
  {{ due(placement, by_handled, only_due) }}
) AS p
CROSS JOIN LATERAL (SELECT p.event) AS was
WHERE p.part <> 'out'
{{ within(conditions) }}
{% endmacro %}
