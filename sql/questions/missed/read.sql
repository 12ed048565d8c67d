-- missed: cases that others reported, and whether somebody on patrol had come by shortly before
-- names  : placement, keys, conditions
-- params : town_id, zone, since, until (timestamptz, until excluded), at, n_shown; and those of the conditions
-- returns: the keys, n_reported, n_checked (those of which tracks tell), n_missed, case_nos and passed_at of the latest that were
--          missed; one row a group that has any
-- used by: questions missed        index: case_record_town_id_reported_at_closed_at_idx, case_track_town_id_reported_at_idx
{% from 'questions/_placed.sql' import placed, within %}
{% from 'questions/_grouped.sql' import again, chosen, grouped %}
WITH told AS (
  SELECT
    {{ chosen(None, 'p.reported_at', keys) }}
    p.case_no, p.reported_at, b.case_id IS NOT NULL AS is_checked, b.passed_at
  FROM (
    {{ placed(placement) }}
      AND c.reported_at >= :since AND c.reported_at < :until AND c.reported_at <= :at
  ) AS p
  LEFT JOIN case_track AS b
    ON b.case_id = p.id AND b.town_id = :town_id AND b.reported_at >= :since AND b.reported_at < :until
  WHERE p.channel IS DISTINCT FROM 'worker'
  {{ within(conditions) }}
)
SELECT
  {{ again(None, keys) }}
  count(*) AS n_reported,
  count(*) FILTER (WHERE is_checked) AS n_checked,
  count(passed_at) AS n_missed,
  (array_agg(case_no ORDER BY reported_at DESC) FILTER (WHERE passed_at IS NOT NULL))[1 : :n_shown] AS case_nos,
  max(passed_at) AS passed_at
FROM told
{{ grouped(None, keys) }}
