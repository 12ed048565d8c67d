-- noqa: disable=LT02
{#
  The stretches a question speaks of, each with what its case can be asked by: the counterpart of _placed.sql.

  One row a stretch of case_span: its own columns (unit is who answers in it, state the one in it), and those of the case
  that dimensions name. Columns that a question does not use cost nothing: the planner removes the joins for them.

  placement  as in _placed.sql
  stretches  a fragment: the rows of case_span to take, as an alias s can stand behind it
  more       further columns of these rows
#}
{% from 'questions/_asked_by.sql' import asked_by, joined %}
{% macro spanned(placement, stretches='case_span', more=()) %}
SELECT
  s.case_id,
  s.from_at,
  s.to_at,
  s.next_at,
  s.state,
  s.stage,
  s.due_at,
  s.yellow_at,
  s.risk_at,
  s.black_at,
  s.stage_due_at,
  s.is_paused,
  s.is_put_off,
  s.ended,
  s.exempt_at,
  s.waits,
  {% for name in more %}
  s.{{ name }},
  {% endfor %}
  {{ asked_by('s') }}
FROM {{ stretches }} AS s
{{ joined('s', placement) }}
WHERE s.town_id = :town_id
{% endmacro %}

{#
  The stretches that run at :at. A stretch of a class of lengths (store.tables.LENGTHS) that runs then began no longer ago
  than the class allows, so that a past instant costs what was open then, not all that ever was.
#}
{% macro running(placement) %}{{ spanned(placement, '(' ~ stretches() ~ ')') }}{% endmacro %}

{% macro stretches() %}
SELECT * FROM case_span WHERE town_id = :town_id AND length_class = 0 AND from_at <= :at
{% for seconds in LENGTHS %}
UNION ALL
SELECT * FROM case_span
WHERE
  town_id = :town_id AND length_class = {{ loop.index }} AND from_at <= :at AND to_at > :at
  AND from_at > CAST(:at AS timestamptz) - INTERVAL '{{ seconds }} seconds'
{% endfor %}
UNION ALL
SELECT * FROM case_span WHERE town_id = :town_id AND length_class = {{ 1 + LENGTHS | length }} AND from_at <= :at AND to_at > :at
{% endmacro %}

{#
  The stretches that run at each of several instants, the ends of days or longer periods: one row a stretch and instant at which
  it runs, the columns of `spanned`, number (of the instant) and seen_at (the instant). A stretch shorter than a day is looked for
  from each instant, so that the many that run at none cost nothing; longer ones are read once for all instants: when they may have
  begun is said of the stretch itself, so that they can be taken by the grids asked for first, where these are few.

  params  numbers (integer[]) and ends (timestamptz[]) of the instants, first_at and last_at (of these)
#}
{% macro running_at_each(placement) %}
{{ seen(placement, at_each()) }}
UNION ALL
{{ seen(placement, at_any()) }}
  AND s.from_at <= :last_at AND s.to_at > :first_at
  AND s.from_at > CAST(:first_at AS timestamptz) - INTERVAL '{{ LENGTHS[4] }} seconds'
  AND (
    s.length_class = 5
    OR (s.length_class = 4 AND s.from_at > CAST(:first_at AS timestamptz) - INTERVAL '{{ LENGTHS[3] }} seconds')
  )
  AND s.from_at <= s.seen_at AND s.to_at > s.seen_at
UNION ALL
{{ seen(placement, at_any()) }}
  AND (
    (s.length_class = 0 AND s.from_at <= :last_at)
    {% for seconds in LENGTHS[5:] %}
    OR (
      s.length_class = {{ loop.index + 5 }} AND s.from_at <= :last_at AND s.to_at > :first_at
      AND s.from_at > CAST(:first_at AS timestamptz) - INTERVAL '{{ seconds }} seconds'
    )
    {% endfor %}
    OR (s.length_class = {{ 1 + LENGTHS | length }} AND s.from_at <= :last_at AND s.to_at > :first_at)
  )
  AND s.from_at <= s.seen_at AND (s.to_at IS NULL OR s.to_at > s.seen_at)
{% endmacro %}

{% macro seen(placement, stretches) %}{{ spanned(placement, '(' ~ stretches ~ ')', ['number', 'seen_at']) }}{% endmacro %}

{% macro at_any() %}
SELECT o.*, e.number, e.at AS seen_at
FROM unnest(CAST(:numbers AS integer[]), CAST(:ends AS timestamptz[])) AS e (number, at)
CROSS JOIN case_span AS o
{% endmacro %}

{# OFFSET 0: the few that run are looked up by the instants, whatever else is asked; the planner would expect them to be many. #}
{% macro at_each() %}
SELECT o.*, e.number, e.at AS seen_at
FROM unnest(CAST(:numbers AS integer[]), CAST(:ends AS timestamptz[])) AS e (number, at)
CROSS JOIN (
  VALUES {% for seconds in LENGTHS[:3] %}({{ loop.index }}, INTERVAL '{{ seconds }} seconds'){{ ', ' if not loop.last }}{% endfor %}

) AS k (length_class, longest)
CROSS JOIN LATERAL (
  SELECT *
  FROM case_span
  WHERE
    town_id = :town_id AND length_class = k.length_class AND from_at <= e.at AND to_at > e.at AND from_at > e.at - k.longest
  OFFSET 0
) AS o
{% endmacro %}

{#
  How cases stood at :at that were no longer open then: the stretch each had ended with (ended, to_at = when). One row a case;
  together with `running` every case reported until :at has exactly one. The caller appends conditions on s, such as
  AND s.due_at >= :since: there are indexes on due_at, reported_at and to_at of these rows.

  only_due   the conditions leave out 即办件 and service matters, most of what ends: there are indexes on reported_at and to_at
             without them
#}
{% macro ended(placement, only_due=false) %}{{ spanned(placement) }}
  AND s.ended IS NOT NULL AND s.to_at <= :at AND (s.next_at IS NULL OR s.next_at > :at){{ ' AND s.may_be_due' if only_due }}
{% endmacro %}
