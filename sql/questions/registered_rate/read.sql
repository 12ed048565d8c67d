-- registered_rate: cases reported in a period, and cases registered and refused in it
-- names  : placement, period, keys, conditions
-- params : town_id, zone, since, until (timestamptz, until excluded), at; and those of the conditions
-- returns: period_on if asked by periods, the keys, n_reported, n_registered, n_voided (cases); one row a period and group
-- used by: questions registered_rate        index: those of _spanned.sql on reported_at and of _stepped.sql
{% from 'questions/_grouped.sql' import again, chosen, grouped %}
{% from 'questions/_happened.sql' import happened %}
{% from 'questions/_placed.sql' import within %}
{% from 'questions/_reported.sql' import reported %}
WITH steps AS (
  {{ happened(placement, ['registered', 'voided'], period, keys, conditions) }}
), tallied AS (
  SELECT {{ again(period, keys) }} what, case_id FROM steps
  UNION ALL
  SELECT
    {{ chosen(period, 'p.reported_at', keys) }}
    'reported' AS what,
    p.case_id
  FROM (
    {{ reported(placement) }}
  ) AS p
  WHERE TRUE
  {{ within(conditions) }}
)
SELECT
  {{ again(period, keys) }}
  count(*) FILTER (WHERE what = 'reported') AS n_reported,
  count(DISTINCT case_id) FILTER (WHERE what = 'registered') AS n_registered,
  count(DISTINCT case_id) FILTER (WHERE what = 'voided') AS n_voided
FROM tallied
{{ grouped(period, keys) }}
