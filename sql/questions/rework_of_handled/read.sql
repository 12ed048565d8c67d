-- rework_of_handled: cases sent back to be done again in a period, beside the cases handled in it
-- names  : placement, period, keys, conditions
-- params : town_id, zone, since, until (timestamptz, until excluded), at; and those of the conditions
-- returns: period_on if asked by periods, the keys, n_reworked, n_handled (cases); one row a period and group that has any
-- used by: questions rework_of_handled        index: that of _stepped.sql
{% from 'questions/_grouped.sql' import again, grouped %}
{% from 'questions/_happened.sql' import happened %}
WITH steps AS (
  {{ happened(placement, ['rework', 'handled'], period, keys, conditions) }}
)
SELECT
  {{ again(period, keys) }}
  count(DISTINCT case_id) FILTER (WHERE what = 'rework') AS n_reworked,
  count(DISTINCT case_id) FILTER (WHERE what = 'handled') AS n_handled
FROM steps
{{ grouped(period, keys) }}
