-- on_time: the due cohort of a period, and what became of it, as it stood at an instant
-- names  : placement, keys, conditions
-- params : town_id, zone, since, until (timestamptz, until excluded), at; and those of the conditions
-- returns: the keys, n_due, n_on_time, n_late_closed, n_overdue_open, n_suspended, n_exempt; one row a group that has any
-- used by: questions on_time        index: case_span_town_id_due_at_idx
-- One stretch a case: the one that tells how it stood at :at, which is the running one, or the one it ended with.
{% from 'questions/_placed.sql' import within %}
{% from 'questions/_spanned.sql' import spanned %}
WITH p AS (
  {{ spanned(placement) }}
    AND s.due_at >= :since AND s.due_at < :until AND s.due_at < :at
    AND s.from_at <= :at AND (s.next_at IS NULL OR s.next_at > :at)
), judged AS (
  SELECT
    {% for name, expression in keys %}
    {{ expression }} AS {{ name }},
    {% endfor %}
    CASE
      WHEN p.to_at IS NULL OR p.to_at > :at
        THEN CASE WHEN p.is_put_off THEN 'out' WHEN p.is_paused THEN 'suspended' ELSE 'overdue_open' END
      WHEN p.ended = 'voided' THEN 'out'
      WHEN p.to_at <= p.due_at THEN 'on_time'
      WHEN p.exempt_at <= :at THEN 'exempt'
      ELSE 'late_closed'
    END AS part
  FROM p
  CROSS JOIN LATERAL (SELECT CASE WHEN p.to_at <= :at THEN p.ended ELSE p.state END AS event) AS was
  WHERE TRUE
  {{ within(conditions) }}
)
SELECT
  {% for name, expression in keys %}
  {{ name }},
  {% endfor %}
  count(*) AS n_due,
  count(*) FILTER (WHERE part = 'on_time') AS n_on_time,
  count(*) FILTER (WHERE part = 'late_closed') AS n_late_closed,
  count(*) FILTER (WHERE part = 'overdue_open') AS n_overdue_open,
  count(*) FILTER (WHERE part = 'suspended') AS n_suspended,
  count(*) FILTER (WHERE part = 'exempt') AS n_exempt
FROM judged
WHERE part <> 'out'
{% if keys %}
GROUP BY {% for name, expression in keys %}{{ loop.index }}{{ ', ' if not loop.last }}{% endfor %}

ORDER BY n_due DESC{% for name, expression in keys %}, {{ loop.index }}{% endfor %}
{% endif %}
