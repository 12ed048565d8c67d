{#
  Statistical periods (统计周期) of instants. Their bounds are counted by analytics.periods, so that a week, a month and a
  cut-off are what the town says they are; questions.periods.take_period binds those between since and until.

  period_of  first day of the period (asked by day, week, month ...) that holds an instant from :since on: a date
  day_of     the statistical day that holds an instant: a date
#}
{% macro period_of(instant) -%}
(CAST(:period_days AS date[]))[width_bucket({{ instant }}, CAST(:period_begins AS timestamptz[]))]
{%- endmacro %}
{% macro day_of(instant) -%}
CAST({{ instant }} AT TIME ZONE :zone - CAST(:day_start AS interval) AS date)
{%- endmacro %}
