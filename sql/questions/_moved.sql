-- noqa: disable=LT02
{#
  What came in and what went out in a period, by the stretches: one row a move, the columns of _spanned.sql. Moves in come at
  from_at, moves out at to_at.

  begun        reported: the first stretch of a case            begun_again  reopened
  over         closed or found void (ended)                     took_over    taken over from another unit
  gave_away    passed on to another unit

  placement   as in _placed.sql
  params      town_id, zone, since, until (timestamptz, until excluded), at
#}
{% from 'questions/_spanned.sql' import spanned %}

{% set before_it = "(b.from_at < s.from_at OR (b.to_at = b.from_at AND s.to_at IS DISTINCT FROM s.from_at))" %}

{% macro begun(placement) %}
{{ spanned(placement) }}
  AND s.length_class IN ({{ range(LENGTHS | length + 2) | join(', ') }})
  AND s.from_at >= :since AND s.from_at < :until AND s.from_at <= :at AND s.from_at = s.reported_at
  AND NOT EXISTS (
    SELECT FROM case_span AS b
    WHERE b.case_id = s.case_id AND b.ended IS NOT NULL AND b.to_at <= s.from_at AND {{ before_it }}
  )
{% endmacro %}

{#
  What an end is followed by, and not what lies a second further: of a case that is ended and reopened within a second the end is
  a stretch without length. The window is said of the stretch too: of a short one that is the quicker way in.
#}
{% macro begun_again(placement) %}
{{ spanned(placement) }}
  AND s.length_class IN ({{ range(LENGTHS | length + 2) | join(', ') }})
  AND s.from_at >= :since AND s.from_at < :until AND s.from_at <= :at
  AND (s.case_id, s.from_at) IN (
    SELECT t.case_id, t.at FROM case_step AS t
    WHERE
      t.town_id = :town_id AND t.event = 'reopened'
      AND t.at >= :since AND t.at < :until AND t.at <= :at
  )
  AND EXISTS (
    SELECT FROM case_span AS b
    WHERE b.case_id = s.case_id AND b.ended IS NOT NULL AND b.next_at = s.from_at AND {{ before_it }}
  )
{% endmacro %}

{% macro over(placement) %}
{{ spanned(placement) }}
  AND s.ended IS NOT NULL AND s.to_at >= :since AND s.to_at < :until AND s.to_at <= :at
{% endmacro %}

{% macro took_over(placement) %}
{{ spanned(placement) }}
  AND s.length_class IN ({{ range(LENGTHS | length + 2) | join(', ') }})
  AND s.from_at >= :since AND s.from_at < :until AND s.from_at <= :at AND s.from_at > s.reported_at
  AND EXISTS (
    SELECT FROM case_span AS b
    WHERE b.case_id = s.case_id AND b.unit_id IS DISTINCT FROM s.unit_id AND b.ended IS NULL AND b.to_at = s.from_at
  )
{% endmacro %}

{# How long ago a stretch may have begun is said of all but the longest, which are few. #}
{% macro gave_away(placement) %}
{{ given(placement) }}
  AND s.length_class IN (1, 2, 3, 4, 5) AND s.from_at > CAST(:since AS timestamptz) - INTERVAL '{{ LENGTHS[4] }} seconds'
UNION ALL
{{ given(placement) }}
  AND s.length_class IN ({{ range(6, LENGTHS | length + 2) | join(', ') }})
{% endmacro %}

{% macro given(placement) %}
{{ spanned(placement) }}
  AND s.from_at <= :at AND s.from_at < :until
  AND s.to_at >= :since AND s.to_at < :until AND s.to_at <= :at AND s.ended IS NULL
  AND EXISTS (
    SELECT FROM case_span AS b
    WHERE b.case_id = s.case_id AND b.unit_id IS DISTINCT FROM s.unit_id AND b.from_at = s.to_at
  )
{% endmacro %}
