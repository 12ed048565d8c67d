-- registered_rate: cases accepted, registered and refused in a period
-- names, params: as rework_of_handled
-- returns: period_on if asked by periods, the keys, n_accepted, n_registered, n_voided (cases); one row a period and group
-- used by: questions registered_rate        index: that of _stepped.sql
{% from 'questions/_grouped.sql' import again, grouped %}
{% from 'questions/_happened.sql' import happened %}
WITH steps AS (
  {{ happened(placement, ['accepted', 'registered', 'voided'], period, keys, conditions) }}
)
SELECT
  {{ again(period, keys) }}
  count(DISTINCT case_id) FILTER (WHERE what = 'accepted') AS n_accepted,
  count(DISTINCT case_id) FILTER (WHERE what = 'registered') AS n_registered,
  count(DISTINCT case_id) FILTER (WHERE what = 'voided') AS n_voided
FROM steps
{{ grouped(period, keys) }}
