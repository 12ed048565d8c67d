-- rework_of_due: cases sent back to be done again in a period, beside the cases due in it
-- names, params: as on_time
-- returns: period_on if asked by periods, the keys, n_reworked (cases), n_due; one row a period and group that has any
-- used by: questions rework_of_due        index: those of _spanned.sql and _stepped.sql
{% from 'questions/_due.sql' import judged %}
{% from 'questions/_grouped.sql' import again, grouped %}
{% from 'questions/_happened.sql' import happened %}
WITH sent AS (
  {{ happened(placement, ['rework'], period, keys, conditions) }}
), c AS (
  {{ judged(placement, by_handled, only_due, period, keys, conditions) }}
), tallied AS (
  SELECT {{ again(period, keys) }} what, case_id FROM sent
  UNION ALL
  SELECT {{ again(period, keys) }} what, case_id FROM c
)
SELECT
  {{ again(period, keys) }}
  count(DISTINCT case_id) FILTER (WHERE what = 'rework') AS n_reworked,
  count(*) FILTER (WHERE what = 'due') AS n_due
FROM tallied
{{ grouped(period, keys) }}
