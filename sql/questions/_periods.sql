{#
  The statistical period (统计周期) that holds an instant from :since on: its first day, a date. The bounds of periods are
  counted by analytics.periods, so that a week, a month and a cut-off are what the town says they are, and
  questions.periods.take_period binds those between since and until.
#}
{% macro period_of(instant) -%}
  (CAST(:period_days AS date[]))[width_bucket({{ instant }}, CAST(:period_begins AS timestamptz[]))]
{%- endmacro %}
