-- nobodys: the cases reported in a period by item, and how often they were returned and handed on, as it stood at an instant
-- names  : placement, only_due, keys (category and subcategory among them), conditions
-- params : town_id, zone, since, until (timestamptz, until excluded), at; and those of the conditions
-- returns: the keys, owner (the unit that answers at :at, or answered last; null = nobody), n_followed, n_bounced,
--          n_returns, n_handovers, n_aba, n_lost_s, n_lost_work_s, handed_on_by, returned_by (names of units, one for each
--          time, separated by character 31); one row a group and owner that has any
-- used by: questions nobodys        index: case_span_ended_reported_at_idx, handover_town_id_at_idx
{% from 'questions/_placed.sql' import within %}
{% from 'questions/_followed.sql' import followed, state_of_p %}
{% from 'questions/_handed.sql' import handed %}
{% from 'questions/_stepped.sql' import stepped %}
WITH p AS (
  {{ followed(placement, only_due) }}
), passed AS (
  SELECT
    h.case_id,
    count(*) AS n,
    count(*) FILTER (WHERE h.is_aba) AS n_aba,
    sum(h.lost_s) AS lost_s,
    sum(h.lost_work_s) AS lost_work_s,
    string_agg(h.unit, chr(31)) AS units
  FROM (
    {{ handed(placement) }}
      AND h.at >= :since
  ) AS h
  GROUP BY h.case_id
), returned AS (
  SELECT
    r.case_id,
    count(*) AS n,
    string_agg(r.unit, chr(31)) AS units
  FROM (
    {{ stepped(placement) }}
      AND t.at >= :since AND t.event = 'returned'
  ) AS r
  GROUP BY r.case_id
)
SELECT
  {% for name, expression in keys %}
  {{ expression }} AS {{ name }},
  {% endfor %}
  p.unit AS owner,
  count(*) AS n_followed,
  count(*) FILTER (WHERE passed.n > 0 OR returned.n > 0) AS n_bounced,
  CAST(coalesce(sum(returned.n), 0) AS bigint) AS n_returns,
  CAST(coalesce(sum(passed.n), 0) AS bigint) AS n_handovers,
  CAST(coalesce(sum(passed.n_aba), 0) AS bigint) AS n_aba,
  CAST(coalesce(sum(passed.lost_s), 0) AS bigint) AS n_lost_s,
  CAST(coalesce(sum(passed.lost_work_s), 0) AS bigint) AS n_lost_work_s,
  string_agg(passed.units, chr(31)) AS handed_on_by,
  string_agg(returned.units, chr(31)) AS returned_by
FROM p
LEFT JOIN passed ON passed.case_id = p.case_id
LEFT JOIN returned ON returned.case_id = p.case_id
{{ state_of_p() }}
WHERE TRUE
{{ within(conditions) }}
GROUP BY {% for name, expression in keys %}{{ loop.index }}, {% endfor %}p.unit
