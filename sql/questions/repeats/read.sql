-- repeats: the cases closed in a period, as they stood at an instant, and whether their trouble was reported again
-- names  : placement, keys, conditions
-- params : town_id, zone, since, until (timestamptz, until excluded), at; and those of the conditions
-- returns: the keys, n_closed, n_comparable, n_watched_30, n_back_30, n_watched_90, n_back_90; one row a group that has any
-- used by: questions repeats        index: case_span_ended_to_at_idx, closing_case_id_idx
{% from 'questions/_followed.sql' import state_of_p %}
{% from 'questions/_placed.sql' import within %}
{% from 'questions/_grouped.sql' import chosen, grouped %}
{% from 'questions/_spanned.sql' import ended %}
SELECT
  {{ chosen(None, 'p.to_at', keys) }}
  count(*) AS n_closed,
  count(k.case_id) AS n_comparable
  {% for days in (30, 90) %}
  , count(k.case_id) FILTER (WHERE k.closed_at + INTERVAL '{{ 24 * days }} hours' <= :at) AS n_watched_{{ days }},
  count(*) FILTER (
    WHERE k.closed_at + INTERVAL '{{ 24 * days }} hours' <= :at AND k.again_at <= k.closed_at + INTERVAL '{{ 24 * days }} hours'
  ) AS n_back_{{ days }}
  {% endfor %}
FROM (
  {{ ended(placement) }}
    AND s.to_at >= :since AND s.to_at < :until AND s.ended IN ('closed', 'forced_closed')
) AS p
LEFT JOIN closing AS k ON k.case_id = p.case_id AND k.closed_at = p.to_at
{{ state_of_p() }}
WHERE TRUE
{{ within(conditions) }}
{{ grouped(None, keys) }}
