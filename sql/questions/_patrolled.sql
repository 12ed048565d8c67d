{#
  What was done on patrol, as rows that can be asked by: the query `p`, to stand behind WITH. Days :since_on to :until_on, both
  inclusive; a row a worker, grid and day, with the path of the grid it was counted in and whether it was in any.
#}
{% macro patrolled() %}
p AS (
  SELECT
    d.day_on,
    d.minutes,
    d.stop_min,
    d.metres,
    d.effective_m,
    d.n_sessions,
    g.path,
    CASE WHEN d.grid_id = -1 THEN 'outside' ELSE 'located' END AS placed
  FROM patrol_day AS d
  LEFT JOIN grid AS g ON g.id = d.grid_id
  WHERE d.town_id = :town_id AND d.day_on BETWEEN :since_on AND :until_on
)
{% endmacro %}

{# The statistical period that holds a day: its first day. #}
{% macro period_of_day(day) -%}
  (CAST(:period_days AS date[]))[width_bucket({{ day }}, CAST(:period_days AS date[]))]
{%- endmacro %}
