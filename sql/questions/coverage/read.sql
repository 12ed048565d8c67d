-- coverage: what was done on patrol in a window of days, by what is asked by
-- names  : keys, by_period, conditions
-- params : town_id, since_on, until_on (days, both inclusive), period_days where it is asked by periods, and those of the
--          conditions
-- returns: the keys, period_on where it is asked by periods, minutes, stop_min, metres, effective_m, n_visits (a session
--          counts in every grid it has a fix in, on every day), n_days (on which anybody was there); one row a group that has any
-- used by: questions coverage, mileage        index: patrol_day_pkey
{% from 'questions/_patrolled.sql' import patrolled, period_of_day %}
WITH {{ patrolled() }}
SELECT
  {% if by_period %}
  {{ period_of_day('p.day_on') }} AS period_on,
  {% endif %}
  {% for name, expression in keys %}
  {{ expression }} AS {{ name }},
  {% endfor %}
  sum(p.minutes) AS minutes,
  sum(p.stop_min) AS stop_min,
  sum(p.metres) AS metres,
  sum(p.effective_m) AS effective_m,
  CAST(sum(p.n_sessions) AS bigint) AS n_visits,
  count(DISTINCT p.day_on) FILTER (WHERE p.n_sessions > 0) AS n_days
FROM p
WHERE TRUE
{% for condition in conditions %}
  AND {{ condition }}
{% endfor %}
{% if by_period or keys %}
GROUP BY {% if by_period %}1{% endif %}{% for name, expression in keys %}{{ ', ' if by_period or not loop.first }}{{ loop.index + (1 if by_period else 0) }}{% endfor %}

{% endif %}
