-- duplicates: the cases reported in a period, those found to tell of a trouble already reported, and those the source says do
-- names  : placement, keys, conditions
-- params : town_id, zone, since, until (timestamptz, until excluded), at; and those of the conditions
-- returns: the keys, n_reported, n_found, n_said, n_found_and_said; one row a group that has any
-- used by: questions duplicates        index: those of _reported.sql, duplicate_pkey
{% from 'questions/_followed.sql' import state_of_p %}
{% from 'questions/_placed.sql' import within %}
{% from 'questions/_grouped.sql' import chosen, grouped %}
{% from 'questions/_reported.sql' import reported %}
SELECT
  {{ chosen(None, 'p.reported_at', keys) }}
  count(*) AS n_reported,
  count(d.case_id) AS n_found,
  count(*) FILTER (WHERE p.is_duplicate) AS n_said,
  count(d.case_id) FILTER (WHERE p.is_duplicate) AS n_found_and_said
FROM (
  {{ reported(placement) }}
) AS p
LEFT JOIN duplicate AS d ON d.case_id = p.case_id AND d.known_at <= :at
{{ state_of_p() }}
WHERE TRUE
{{ within(conditions) }}
{{ grouped(None, keys) }}
