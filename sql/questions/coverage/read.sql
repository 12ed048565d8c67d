-- coverage: what was done on patrol in a window of days, by what is asked by
-- names  : keys, by_period, conditions
-- params : town_id, since_on, until_on (days, both inclusive), first_month, end_month (whole calendar months between them, none
--          of which lies in two of the periods asked by), period_days where it is asked by periods, those of the conditions
-- returns: the keys, period_on where it is asked by periods, minutes, stop_min, metres, effective_m, n_visits (a session
--          counts in every grid it has a fix in, on every day), n_days (on which it was patrolled); one row a group that has any
--          Summed by the id of the grid first: its path is looked up once a grid and month, not once a day
-- used by: questions coverage, mileage        index: grid_day_pkey, grid_month_pkey
{% from 'questions/_patrolled.sql' import done, placed, period_of_day %}
{% set n_keys = (1 if by_period else 0) + keys | length %}
{% set places = range(1, 1 + n_keys) | join(', ') %}
WITH {{ done() }}, by_grid AS (
  SELECT
    d.grid_id,
    d.month_on,
    {% if by_period %}
    {{ period_of_day('d.on') }} AS period_on,
    {% endif %}
    bit_or(d.days) AS days,
    sum(d.n_sessions) AS n_sessions,
    sum(d.minutes) AS minutes,
    sum(d.stop_min) AS stop_min,
    sum(d.metres) AS metres,
    sum(d.effective_m) AS effective_m
  FROM done AS d
  GROUP BY 1, 2{% if by_period %}, 3{% endif %}

), p AS (
  {{ placed('by_grid') }}
), by_month AS (
  SELECT
    {% if by_period %}
    p.period_on,
    {% endif %}
    {% for name, expression in keys %}
    {{ expression }} AS {{ name }},
    {% endfor %}
    sum(p.minutes) AS minutes,
    sum(p.stop_min) AS stop_min,
    sum(p.metres) AS metres,
    sum(p.effective_m) AS effective_m,
    CAST(sum(p.n_sessions) AS bigint) AS n_visits,
    bit_count(CAST(bit_or(p.days) AS bit(32))) AS n_days
  FROM p
  WHERE TRUE
  {% for condition in conditions %}
    AND {{ condition }}
  {% endfor %}
  GROUP BY {% if places %}{{ places }}, {% endif %}p.month_on
)
SELECT
  {% if by_period %}
  period_on,
  {% endif %}
  {% for name, expression in keys %}
  {{ name }},
  {% endfor %}
  sum(minutes) AS minutes,
  sum(stop_min) AS stop_min,
  sum(metres) AS metres,
  sum(effective_m) AS effective_m,
  CAST(sum(n_visits) AS bigint) AS n_visits,
  CAST(sum(n_days) AS bigint) AS n_days
FROM by_month
{% if places %}
GROUP BY {{ places }}
{% endif %}
