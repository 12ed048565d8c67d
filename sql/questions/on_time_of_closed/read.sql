-- on_time_of_closed: the closings of a period that stand at an instant, and whether they came in time
-- names  : placement, only_due, by_handled, period, keys, conditions        params: as on_time
-- returns: period_on if asked by periods, the keys, n_closed, n_closed_on_time, n_closed_late, n_closed_exempt,
--          n_closed_no_deadline; one row a period and group that has any
-- used by: questions on_time_of_closed        index: that of _spanned.sql on to_at
{% from 'questions/_due.sql' import closings %}
{% from 'questions/_grouped.sql' import again, chosen, grouped %}
{% from 'questions/_placed.sql' import within %}
WITH c AS (
  SELECT
    {{ chosen(period, 'p.to_at', keys) }}
    p.part
  FROM (
    {{ closings(placement, by_handled, only_due) }}
  ) AS p
  CROSS JOIN LATERAL (SELECT p.event) AS was
  WHERE TRUE
  {{ within(conditions) }}
)
SELECT
  {{ again(period, keys) }}
  count(*) AS n_closed,
  count(*) FILTER (WHERE part = 'on_time') AS n_closed_on_time,
  count(*) FILTER (WHERE part = 'late') AS n_closed_late,
  count(*) FILTER (WHERE part = 'exempt') AS n_closed_exempt,
  count(*) FILTER (WHERE part = 'no_deadline') AS n_closed_no_deadline
FROM c
{{ grouped(period, keys) }}
