{#
  What was done on patrol, as queries to stand behind WITH.

  done     `done`: a row a grid and day or month, `on` its first day, month_on, and `days`: bit d - 1 is set where it was patrolled
           on day d of the month, for :patrolled_min minutes or more. Days :since_on to :until_on, both inclusive, of which whole
           months from :first_month to before :end_month are taken as such (equal = none)
  placed   such rows, of the query that is named, with what they can be asked by: the path of the grid, and whether it was in any
#}
{% macro done() %}
done AS (
  SELECT
    grid_id, day_on AS on, CAST(date_trunc('month', day_on) AS date) AS month_on,
    CASE WHEN n_sessions > 0 AND minutes >= :patrolled_min THEN 1 << (CAST(extract(DAY FROM day_on) AS integer) - 1) ELSE 0 END AS days,
    n_sessions, minutes, stop_min, metres, effective_m
  FROM grid_day
  WHERE
    town_id = :town_id
    AND (
      (day_on >= :since_on AND day_on <= :until_on AND day_on < :first_month)
      OR (day_on >= :since_on AND day_on <= :until_on AND day_on >= :end_month)
    )
  UNION ALL
  SELECT grid_id, month_on, month_on, days, n_sessions, minutes, stop_min, metres, effective_m
  FROM grid_month
  WHERE town_id = :town_id AND month_on >= :first_month AND month_on < :end_month
)
{% endmacro %}

{% macro placed(query) %}
SELECT d.*, g.path, CASE WHEN d.grid_id = -1 THEN 'outside' ELSE 'located' END AS placed
FROM {{ query }} AS d
LEFT JOIN grid AS g ON g.id = d.grid_id
{% endmacro %}

{# The statistical period that holds a day: its first day. #}
{% macro period_of_day(day) -%}
  (CAST(:period_days AS date[]))[width_bucket({{ day }}, CAST(:period_days AS date[]))]
{%- endmacro %}
