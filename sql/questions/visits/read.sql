-- visits: what became of each day of each of the finest grids: somebody came and found something, came and found nothing, ...
-- names  : by_period
-- params : town_id, set_id, level (of the rows; null = all together), days (of the window, ascending), day_begins (their first
--          instants), since, until (timestamptz, until excluded), at, patrolled_min (of all together, that make a patrol), scope_ids (null = all), period_days where it is asked by
--          periods
-- returns: grid_id, period_on where it is asked by periods, n_grid_days, n_found_days, n_clean_days, n_untracked_days,
--          n_unpatrolled_days; one row a grid of the level and period
-- used by: questions visits        index: grid_day_pkey, case_record_town_id_reported_at_closed_at_idx
{% from 'questions/_patrolled.sql' import period_of_day %}
WITH there AS (
  SELECT
    g.code,
    g.path[CAST(:level AS integer) + 1] AS grid_id
  FROM grid AS g
  WHERE
    g.set_id = :set_id AND NOT EXISTS (SELECT 1 FROM grid AS below WHERE below.parent_id = g.id)
    AND (CAST(:scope_ids AS integer[]) IS NULL OR g.path && CAST(:scope_ids AS integer[]))
), went AS (
  SELECT DISTINCT
    g.code,
    d.day_on
  FROM grid_day AS d
  JOIN grid AS g ON g.id = d.grid_id
  WHERE
    d.town_id = :town_id AND d.n_sessions > 0 AND d.minutes >= :patrolled_min AND d.day_on = ANY(CAST(:days AS date[]))
), found AS (
  SELECT DISTINCT
    g.code,
    (CAST(:days AS date[]))[width_bucket(c.reported_at, CAST(:day_begins AS timestamptz[]))] AS day_on
  FROM case_record AS c
  JOIN channel AS ch ON ch.id = c.channel_id AND ch.code = 'worker'
  JOIN grid AS g ON g.id = c.grid_id
  WHERE c.town_id = :town_id AND c.reported_at >= :since AND c.reported_at < :until AND c.reported_at <= :at
)
SELECT
  t.grid_id,
  {% if by_period %}
  {{ period_of_day('of.day_on') }} AS period_on,
  {% endif %}
  count(*) AS n_grid_days,
  count(*) FILTER (WHERE w.code IS NOT NULL AND f.code IS NOT NULL) AS n_found_days,
  count(*) FILTER (WHERE w.code IS NOT NULL AND f.code IS NULL) AS n_clean_days,
  count(*) FILTER (WHERE w.code IS NULL AND f.code IS NOT NULL) AS n_untracked_days,
  count(*) FILTER (WHERE w.code IS NULL AND f.code IS NULL) AS n_unpatrolled_days
FROM there AS t
CROSS JOIN unnest(CAST(:days AS date[])) AS of (day_on)
LEFT JOIN went AS w ON w.code = t.code AND w.day_on = of.day_on
LEFT JOIN found AS f ON f.code = t.code AND f.day_on = of.day_on
GROUP BY 1{% if by_period %}, 2{% endif %}

ORDER BY 1{% if by_period %}, 2{% endif %}

