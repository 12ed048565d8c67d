{#
  The cases reported in a period and dispatched, and how often each was handed on until :at: one row a case with case_id,
  dispatched_at, to_at, ended, state (see _followed.sql), last_unit (who answers, or answered last), unit (the one it was first
  dispatched to), n (handovers), n_aba (of them those there and back), lost_s, lost_work_s, and what it can be asked by.

  placement, only_due  as in _spanned.sql
  params               since, until (timestamptz, until excluded), at
#}
{% from 'questions/_followed.sql' import dimensions_of, followed %}
{% macro bounced(placement, only_due) %}
SELECT
  c.case_id,
  f.dispatched_at,
  c.to_at,
  c.ended,
  c.state,
  c.unit AS last_unit,
  u.name AS unit,
  passed.n,
  passed.n_aba,
  coalesce(passed.lost_s, 0) AS lost_s,
  coalesce(passed.lost_work_s, 0) AS lost_work_s,
  {{ dimensions_of('c') }}
FROM (
  {{ followed(placement, only_due) }}
) AS c
JOIN case_fact AS f ON f.case_id = c.case_id AND f.dispatched_at <= :at
JOIN unit AS u ON u.id = f.first_unit_id
LEFT JOIN LATERAL (
  -- A case that was dispatched once was never handed on.
  SELECT
    count(*) AS n,
    count(*) FILTER (WHERE h.is_aba) AS n_aba,
    sum(h.lost_s) AS lost_s,
    sum(h.lost_work_s) AS lost_work_s
  FROM handover AS h
  WHERE f.n_dispatched > 1 AND h.case_id = c.case_id AND h.at >= :since AND h.at <= :at
) AS passed ON TRUE
{% endmacro %}
