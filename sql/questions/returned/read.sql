-- returned: how often units gave cases back in a period, and how many cases
-- names, params: as rework_of_handled
-- returns: period_on if asked by periods, the keys, n_returned (times), n_returned_cases, n_returned_again (cases given back twice
--          or more in the period); one row a period and group that has any
-- used by: questions returned        index: that of _stepped.sql
{% from 'questions/_grouped.sql' import again, grouped %}
{% from 'questions/_happened.sql' import happened %}
WITH steps AS (
  {{ happened(placement, ['returned'], period, keys, conditions) }}
), cases AS (
  SELECT
    {{ again(period, keys) }}
    case_id,
    count(*) AS n_times
  FROM steps
  GROUP BY {{ again(period, keys) }} case_id
)
SELECT
  {{ again(period, keys) }}
  coalesce(sum(n_times), 0) AS n_returned,
  count(*) AS n_returned_cases,
  count(*) FILTER (WHERE n_times > 1) AS n_returned_again
FROM cases
{{ grouped(period, keys) }}
