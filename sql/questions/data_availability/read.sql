-- data_availability: minutes in which devices told of positions, and those in which they should have
-- names  : keys, by_period, conditions
-- params : town_id, since_on, until_on (days, both inclusive), break_s (a longer silence is a break, or the end of a shift),
--          period_days where it is asked by periods, and those of the conditions
-- returns: the keys, period_on where it is asked by periods, minutes (with a signal), expected_min (with the silences of a
--          device in between), n_sessions; one row a group that has any. A session counts in the grid in which it was most
-- used by: questions data_availability        index: patrol_session_town_id_day_on_idx
{% from 'questions/_patrolled.sql' import period_of_day %}
{% set n_keys = (1 if by_period else 0) + keys | length %}
WITH p AS (
  SELECT
    s.day_on,
    s.minutes,
    CASE WHEN s.cut = 'silence' AND s.gap_s <= :break_s THEN s.gap_s / 60 ELSE 0 END AS silent_min,
    g.path,
    CASE WHEN g.id IS NULL THEN 'outside' ELSE 'located' END AS placed
  FROM patrol_session AS s
  LEFT JOIN grid AS g ON g.id = s.grid_id
  WHERE s.town_id = :town_id AND s.day_on BETWEEN :since_on AND :until_on
)
SELECT
  {% if by_period %}
  {{ period_of_day('p.day_on') }} AS period_on,
  {% endif %}
  {% for name, expression in keys %}
  {{ expression }} AS {{ name }},
  {% endfor %}
  coalesce(sum(p.minutes), 0) AS minutes,
  coalesce(sum(p.minutes + p.silent_min), 0) AS expected_min,
  count(*) AS n_sessions
FROM p
WHERE TRUE
{% for condition in conditions %}
  AND {{ condition }}
{% endfor %}
{% if n_keys %}
GROUP BY {{ range(1, 1 + n_keys) | join(', ') }}
{% endif %}
