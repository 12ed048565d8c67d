-- rework: how often cases were sent back to be done again in a period, how many cases, and how many were handled
-- names, params: as rework_of_handled
-- returns: period_on if asked by periods, the keys, n_rework (times), n_reworked, n_again (sent back twice or more in the period),
--          n_handled (cases); one row a period and group that has any
-- used by: questions rework        index: that of _stepped.sql
{% from 'questions/_grouped.sql' import again, grouped %}
{% from 'questions/_happened.sql' import happened %}
WITH steps AS (
  {{ happened(placement, ['rework', 'handled'], period, keys, conditions) }}
), cases AS (
  SELECT
    {{ again(period, keys) }}
    case_id,
    count(*) FILTER (WHERE what = 'rework') AS n_times,
    count(*) FILTER (WHERE what = 'handled') AS n_handled
  FROM steps
  GROUP BY {{ again(period, keys) }} case_id
)
SELECT
  {{ again(period, keys) }}
  coalesce(sum(n_times), 0) AS n_rework,
  count(*) FILTER (WHERE n_times > 0) AS n_reworked,
  count(*) FILTER (WHERE n_times > 1) AS n_again,
  count(*) FILTER (WHERE n_handled > 0) AS n_handled
FROM cases
{{ grouped(period, keys) }}
