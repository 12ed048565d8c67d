-- flow: what came in and what went out, by period
-- names  : placement, keys, conditions, kind (of the marginals that can answer, or none), by_unit (units are asked for)
-- params : town_id, zone, since, until (timestamptz, until excluded), since_on, until_on (dates, both inclusive), at,
--          period_begins and period_days (see _periods.sql); and those of the conditions
-- returns: period_on (first day), the keys, n_reported, n_reopened, n_taken, n_passed (0 unless by_unit), n_closed, n_voided; one row
--          a period and group that has any
-- used by: questions flow        index: marginal_pkey; else case_span_town_id_length_class_from_at_to_at_idx,
--          case_span_ended_to_at_idx, case_step_town_id_event_at_idx
{% from 'questions/_placed.sql' import within %}
{% from 'questions/_kept.sql' import kept %}
{% from 'questions/_moved.sql' import begun, begun_again, gave_away, over, took_over %}
{% from 'questions/_periods.sql' import period_of %}
{% set counts = ['reported', 'reopened', 'taken', 'passed', 'closed', 'voided'] %}
{% macro moved(rows, at, counted) %}
  SELECT
    {{ period_of(at) }} AS period_on,
    {% for name, expression in keys %}
    {{ expression }} AS {{ name }},
    {% endfor %}
    {% for name in counts %}
    CAST({{ counted[name] | default('FALSE') }} AS integer) AS {{ name }}{{ ',' if not loop.last }}
    {% endfor %}
  FROM (
    {{ rows }}
  ) AS p
  WHERE TRUE
  {{ within(conditions) }}
{% endmacro %}
WITH moves AS (
{% if kind %}
  SELECT
    (CAST(:period_days AS date[]))[width_bucket(p.day_on, CAST(:period_days AS date[]))] AS period_on,
    {% for name, expression in keys %}
    {{ expression }} AS {{ name }},
    {% endfor %}
    {% for name in counts %}
    p.{{ name }}{{ ',' if not loop.last }}
    {% endfor %}
  FROM (
    {{ kept(kind) }}
      AND m.day_on BETWEEN :since_on AND :until_on
  ) AS p
  WHERE TRUE
  {{ within(conditions) }}
{% else %}
  {{ moved(begun(placement), 'p.from_at', {'reported': 'TRUE'}) }}
  UNION ALL
  {{ moved(begun_again(placement), 'p.from_at', {'reopened': 'TRUE'}) }}
  UNION ALL
  {{ moved(over(placement), 'p.to_at', {'closed': "p.ended <> 'voided'", 'voided': "p.ended = 'voided'"}) }}
  {% if by_unit %}
  UNION ALL
  {{ moved(took_over(placement), 'p.from_at', {'taken': 'TRUE'}) }}
  UNION ALL
  {{ moved(gave_away(placement), 'p.to_at', {'passed': 'TRUE'}) }}
  {% endif %}
{% endif %}
)
SELECT
  period_on,
  {% for name, expression in keys %}
  {{ name }},
  {% endfor %}
  {% for name in counts %}
  sum({{ name }}) AS n_{{ name }}{{ ',' if not loop.last }}
  {% endfor %}
FROM moves
GROUP BY period_on{% for name, expression in keys %}, {{ name }}{% endfor %}

{% if kind %}
HAVING {% for name in counts %}sum({{ name }}) <> 0{{ ' OR ' if not loop.last }}{% endfor %}
{% endif %}

ORDER BY period_on{% for name, expression in keys %}, {{ name }}{% endfor %}
