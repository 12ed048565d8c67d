-- effort, need_gap: cases reported in a period, by who reported them: workers, or others
-- names  : placement ('home': patrols are counted in the base layer), keys (of grids), conditions
-- params : town_id, zone, since, until (timestamptz, until excluded), at; and those of the conditions
-- returns: the keys, n_by_workers, n_by_others; one row a group that has any. Cases are counted by the id of their grid first:
--          a grid's path is looked up once a grid, not once a case
-- used by: questions effort, need_gap        index: case_record_town_id_reported_at_closed_at_idx
{% from 'questions/_placed.sql' import placed, within %}
{% from 'questions/_grouped.sql' import chosen, grouped %}
{% set of_grids, of_cases = [], [] %}
{% for condition in conditions %}
{% set _ = (of_grids if 'p.path' in condition or 'p.placed' in condition else of_cases).append(condition) %}
{% endfor %}
SELECT
  {{ chosen(None, 'p.reported_at', keys) }}
  CAST(coalesce(sum(p.n_by_workers), 0) AS bigint) AS n_by_workers,
  CAST(coalesce(sum(p.n_by_others), 0) AS bigint) AS n_by_others
FROM (
  SELECT
    q.n_by_workers,
    q.n_by_others,
    g.path,
    CASE WHEN q.is_unlocated THEN 'unlocated' WHEN g.id IS NULL THEN 'outside' ELSE 'located' END AS placed
  FROM (
    SELECT
      p.home_grid_id,
      p.geom IS NULL AS is_unlocated,
      count(*) FILTER (WHERE p.channel = 'worker') AS n_by_workers,
      count(*) FILTER (WHERE p.channel IS DISTINCT FROM 'worker') AS n_by_others
    FROM (
      {{ placed(placement) }}
        AND c.reported_at >= :since AND c.reported_at < :until AND c.reported_at <= :at
    ) AS p
    WHERE TRUE
    {{ within(of_cases) }}
    GROUP BY 1, 2
  ) AS q
  LEFT JOIN grid AS g ON g.id = q.home_grid_id
) AS p
WHERE TRUE
{{ within(of_grids) }}
{{ grouped(None, keys) }}
