-- noqa: disable=LT02
{#
  What is kept day by day: one row a day (grain 1) or calendar month (grain 2) and member, with its measures and what it can be
  asked by. The caller appends conditions on m, such as AND m.day_on >= :since_on.

  kind   'grid', 'unit' or 'facet', see questions.kept.kept_by
  grain  1 or 2
#}
{% macro kept(kind, grain=1) %}
{{ member_of(kind, 'marginal') }} AND m.grain = {{ grain }}
{% endmacro %}

{# The rows of a table that counts by kind and member, each with what its member can be asked by. #}
{% macro member_of(kind, counted) %}{{ {'grid': by_grid, 'unit': by_unit, 'facet': by_facet}[kind](counted) }}{% endmacro %}

{% macro by_grid(counted) %}
SELECT
  m.*,
  g.path,
  CASE m.member WHEN -2 THEN 'unlocated' WHEN -1 THEN 'outside' ELSE 'located' END AS placed
FROM {{ counted }} AS m
LEFT JOIN grid AS g ON g.id = m.member
WHERE m.town_id = :town_id AND m.kind = 1
{% endmacro %}

{% macro by_unit(counted) %}
SELECT
  m.*,
  un.name AS unit
FROM {{ counted }} AS m
LEFT JOIN unit AS un ON un.id = m.member
WHERE m.town_id = :town_id AND m.kind = 2
{% endmacro %}

{% macro by_facet(counted) %}
SELECT
  m.*,
  f.track,
  f.is_urgent,
  f.is_duplicate,
  i.category,
  i.name AS subcategory,
  li.name AS line,
  ch.code AS channel,
  so.code AS source
FROM {{ counted }} AS m
JOIN facet AS f ON f.id = m.member
LEFT JOIN item AS i ON i.id = f.item_id
LEFT JOIN line AS li ON li.id = f.line_id
LEFT JOIN channel AS ch ON ch.id = f.channel_id
LEFT JOIN source AS so ON so.id = f.source_id
WHERE m.town_id = :town_id AND m.kind = 3
{% endmacro %}

{#
  The due cohort as it stood at the end of a day, from what is kept: period_on if asked by periods, the keys, and its parts; one
  row a day of the deadline, day of a change and member. Summed it says what `judged` of _due.sql says.

  params   since_on, until_on, on (the day of as_of), with a period period_days (see _periods.sql); and those of the conditions
#}
{% from 'questions/_placed.sql' import within %}
{% macro period_of_day() %}(CAST(:period_days AS date[]))[width_bucket(p.due_on, CAST(:period_days AS date[]))]{% endmacro %}
{% macro chosen(period, keys) %}{% if period %}{{ period_of_day() }} AS period_on, {% endif %}{#
#}{% for name, expression in keys %}{{ expression }} AS {{ name }}, {% endfor %}{% endmacro %}

{% macro due_kept(kind, period, keys, conditions) %}
SELECT
  {{ chosen(period, keys) }}
  p.on_time,
  p.late,
  p.exempt,
  p.open,
  p.suspended,
  p.put_off
FROM (
  {{ member_of(kind, 'due_day') }}
    AND m.due_on BETWEEN :since_on AND :until_on AND m.told_on <= :on
) AS p
WHERE TRUE
{{ within(conditions) }}
{% endmacro %}
