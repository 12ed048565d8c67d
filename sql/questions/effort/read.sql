-- effort, need_gap: cases reported in a period, by who reported them: workers, or others
-- names  : placement, keys, conditions
-- params : town_id, zone, since, until (timestamptz, until excluded), at; and those of the conditions
-- returns: the keys, n_by_workers, n_by_others; one row a group that has any
-- used by: questions effort, need_gap        index: case_record_town_id_reported_at_closed_at_idx
{% from 'questions/_placed.sql' import placed, within %}
{% from 'questions/_grouped.sql' import chosen, grouped %}
SELECT
  {{ chosen(None, 'p.reported_at', keys) }}
  count(*) FILTER (WHERE p.channel = 'worker') AS n_by_workers,
  count(*) FILTER (WHERE p.channel IS DISTINCT FROM 'worker') AS n_by_others
FROM (
  {{ placed(placement) }}
    AND c.reported_at >= :since AND c.reported_at < :until AND c.reported_at <= :at
) AS p
WHERE TRUE
{{ within(conditions) }}
{{ grouped(None, keys) }}
