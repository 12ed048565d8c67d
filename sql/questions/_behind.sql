-- noqa: disable=LT02
{#
  The cases behind a figure of a period: one row for each thing counted, case_id and happened_at, so that there are as many rows
  as the figure says. Each source is what the question of the figure itself reads.

  figure      of questions.behind: source; events (of source steps); counted (conditions on the alias b: which of the source the
              figure counts); by_case (cases are counted, not times); least (of the times a case must have)
  placement, only_due, by_handled, conditions   as in the question of the figure
  params      town_id, zone, since, until (timestamptz, until excluded), at, shortly_s; and those of the conditions
#}
{% from 'questions/_bounced.sql' import bounced %}
{% from 'questions/_due.sql' import closings, judged %}
{% from 'questions/_extended.sql' import extension_steps %}
{% from 'questions/_followed.sql' import followed %}
{% from 'questions/_handed.sql' import passed_on %}
{% from 'questions/_happened.sql' import happened %}
{% from 'questions/_levelled.sql' import levelled %}
{% from 'questions/_moved.sql' import begun, begun_again, gave_away, over, took_over %}
{% from 'questions/_placed.sql' import within %}
{% from 'questions/_reported.sql' import reported %}
{% from 'questions/_signed.sql' import signed %}
{% from 'questions/_spanned.sql' import ended %}
{% from 'questions/_supervised.sql' import supervised %}

{% macro chosen(rows, at, conditions) %}
SELECT p.*, {{ at }} AS happened_at
FROM (
  {{ rows }}
) AS p
WHERE TRUE
{{ within(conditions) }}
{% endmacro %}

{% macro source(figure, placement, only_due, by_handled, conditions) %}
{% if figure.source == 'begun' %}{{ chosen(begun(placement), 'p.from_at', conditions) }}
{% elif figure.source == 'begun_again' %}{{ chosen(begun_again(placement), 'p.from_at', conditions) }}
{% elif figure.source == 'over' %}{{ chosen(over(placement), 'p.to_at', conditions) }}
{% elif figure.source == 'took_over' %}{{ chosen(took_over(placement), 'p.from_at', conditions) }}
{% elif figure.source == 'gave_away' %}{{ chosen(gave_away(placement), 'p.to_at', conditions) }}
{% elif figure.source == 'reported' %}{{ chosen(reported(placement), 'p.reported_at', conditions) }}
{% elif figure.source == 'followed' %}{{ chosen(followed(placement, only_due), 'p.reported_at', conditions) }}
{% elif figure.source == 'bounced' %}{{ chosen(bounced(placement, only_due), 'p.dispatched_at', conditions) }}
{% elif figure.source == 'passed_on' %}{{ chosen(passed_on(placement), 'p.at', conditions) }}
{% elif figure.source == 'due' %}{{ judged(placement, by_handled, only_due, None, [['happened_at', 'p.due_at']], conditions) }}
{% elif figure.source == 'closings' %}{{ chosen(closings(placement, by_handled, only_due), 'p.to_at', conditions) }}
{% elif figure.source == 'steps' %}{{ happened(placement, figure.events, None, [['happened_at', 'p.at']], conditions) }}
{% elif figure.source == 'extensions' %}{{ extension_steps(placement, None, [['happened_at', 'p.at']], conditions) }}
{% elif figure.source == 'signed' %}{{ signed(placement, None, [['happened_at', 'p.from_at']], conditions) }}
{% elif figure.source == 'levelled' %}{{ levelled(placement, [['happened_at', 'p.to_at']], conditions) }}
{% elif figure.source == 'supervised' %}
SELECT g.*, g.given_at AS happened_at
FROM (
  {{ supervised(placement, None, [], conditions) }}
) AS g
{% elif figure.source == 'found' %}
SELECT f.*
FROM (
  {{ chosen(reported(placement), 'p.reported_at', conditions) }}
) AS f
WHERE EXISTS (SELECT FROM duplicate AS d WHERE d.case_id = f.case_id AND d.known_at <= :at)
{% elif figure.source == 'returned_or_passed_on' %}
SELECT f.*
FROM (
  {{ chosen(followed(placement, only_due), 'p.reported_at', conditions) }}
) AS f
WHERE
  EXISTS (SELECT FROM handover AS h WHERE h.case_id = f.case_id AND h.at >= :since AND h.at <= :at)
  OR EXISTS (
    SELECT FROM case_step AS t
    WHERE t.case_id = f.case_id AND t.event = 'returned' AND t.at >= :since AND t.at <= :at
  )
{% else %}
{# watched: the closings that stand, and when the trouble was reported again #}
SELECT e.case_id, e.happened_at, k.closed_at, k.again_at
FROM (
  {{ chosen(closed_in(placement), 'p.to_at', conditions) }}
) AS e
LEFT JOIN closing AS k ON k.case_id = e.case_id AND k.closed_at = e.to_at
{% endif %}
{% endmacro %}

{% macro closed_in(placement) %}
{{ ended(placement) }}
  AND s.to_at >= :since AND s.to_at < :until AND s.ended IN ('closed', 'forced_closed')
{% endmacro %}

{% macro behind(figure, placement, only_due, by_handled, conditions) %}
SELECT b.case_id, {{ 'min(b.happened_at) AS' if figure.by_case }} happened_at
FROM (
  {{ source(figure, placement, only_due, by_handled, conditions) }}
) AS b
WHERE TRUE
{{ within(figure.counted) }}
{% if figure.by_case %}
GROUP BY b.case_id
HAVING count(*) >= {{ figure.least }}
{% endif %}
{% endmacro %}
