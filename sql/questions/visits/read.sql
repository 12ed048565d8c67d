-- visits: what became of each day of each of the finest grids: somebody came and found something, came and found nothing, ...
-- names  : by_period
-- params : town_id, set_id, level (of the rows; null = all together), since_on, until_on, first_month, end_month, patrolled_min
--          (see _patrolled.sql), days (of the window that are told of, ascending), day_begins (their first instants), since, until
--          (timestamptz, until excluded), at, scope_ids (null = all), period_days where it is asked by periods
-- returns: grid_id, period_on where it is asked by periods, n_grid_days, n_found_days, n_clean_days, n_untracked_days,
--          n_unpatrolled_days; one row a grid of the level and period
-- used by: questions visits        index: grid_day_pkey, grid_month_pkey, case_record_town_id_reported_at_closed_at_idx
{% from 'questions/_patrolled.sql' import done, period_of_day %}
{% set also = ', period_on' if by_period else '' %}
WITH there AS (
  SELECT
    g.id,
    g.code,
    g.path[CAST(:level AS integer) + 1] AS grid_id
  FROM grid AS g
  WHERE
    g.set_id = :set_id AND NOT EXISTS (SELECT 1 FROM grid AS below WHERE below.parent_id = g.id)
    AND (CAST(:scope_ids AS integer[]) IS NULL OR g.path && CAST(:scope_ids AS integer[]))
), same AS (
  SELECT
    g.id AS was_id,
    t.id
  FROM there AS t
  JOIN grid AS g ON g.town_id = :town_id AND g.code = t.code
), {{ done() }}, of_day AS (
  SELECT
    of.number,
    of.day_on,
    {% if by_period %}
    {{ period_of_day('of.day_on') }} AS period_on,
    {% endif %}
    CAST(date_trunc('month', of.day_on) AS date) AS month_on,
    1 << (CAST(extract(DAY FROM of.day_on) AS integer) - 1) AS day
  FROM unnest(CAST(:days AS date[])) WITH ORDINALITY AS of (day_on, number)
), told AS (
  SELECT
    d.grid_id,
    {% if by_period %}
    {{ period_of_day('d.on') }} AS period_on,
    {% endif %}
    d.month_on,
    bit_or(d.days) AS went,
    0 AS found
  FROM done AS d
  GROUP BY 1, 2{% if by_period %}, 3{% endif %}

  UNION ALL
  SELECT
    c.grid_id,
    {% if by_period %}
    o.period_on,
    {% endif %}
    o.month_on,
    0,
    bit_or(o.day)
  FROM case_record AS c
  JOIN of_day AS o ON o.number = width_bucket(c.reported_at, CAST(:day_begins AS timestamptz[]))
  WHERE
    c.town_id = :town_id AND c.reported_at >= :since AND c.reported_at < :until AND c.reported_at <= :at
    AND c.channel_id = ANY(ARRAY(SELECT ch.id FROM channel AS ch WHERE ch.town_id = :town_id AND ch.code = 'worker'))
  GROUP BY 1, 2{% if by_period %}, 3{% endif %}

), by_month AS (
  SELECT
    s.id{{ also }},
    CAST(bit_or(t.went) AS bit(32)) AS went,
    CAST(bit_or(t.found) AS bit(32)) AS found
  FROM told AS t
  JOIN same AS s ON s.was_id = t.grid_id
  GROUP BY s.id, t.month_on{{ also }}
), counted AS (
  SELECT
    id{{ also }},
    sum(bit_count(went & found)) AS n_found,
    sum(bit_count(went & ~found)) AS n_clean,
    sum(bit_count(~went & found)) AS n_untracked
  FROM by_month
  GROUP BY id{{ also }}
), every AS (
  SELECT {{ 'period_on, ' if by_period }}count(*) AS n_days
  FROM of_day
  {% if by_period %}
  GROUP BY 1
  {% endif %}
)
SELECT
  t.grid_id,
  {% if by_period %}
  e.period_on,
  {% endif %}
  CAST(sum(e.n_days) AS bigint) AS n_grid_days,
  CAST(coalesce(sum(c.n_found), 0) AS bigint) AS n_found_days,
  CAST(coalesce(sum(c.n_clean), 0) AS bigint) AS n_clean_days,
  CAST(coalesce(sum(c.n_untracked), 0) AS bigint) AS n_untracked_days,
  CAST(sum(e.n_days) - coalesce(sum(c.n_found + c.n_clean + c.n_untracked), 0) AS bigint) AS n_unpatrolled_days
FROM there AS t
CROSS JOIN every AS e
LEFT JOIN counted AS c ON c.id = t.id{{ ' AND c.period_on = e.period_on' if by_period }}
WHERE e.n_days > 0
GROUP BY 1{% if by_period %}, 2{% endif %}

ORDER BY 1{% if by_period %}, 2{% endif %}
