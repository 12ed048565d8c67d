-- noqa: disable=LT02
{#
  A page of a list of cases, each as it was at :at, or how many there are: what `cases`, `at_risk`, `overdue`, `suspended`
  and `supervised` are made of. What changes in the life of a case (open, state, deadline, unit) comes from the stretch that
  tells how it stood at :at.

  placement, conditions   as in _placed.sql
  order      columns of the list to sort by, each with its direction
  counted    TRUE: only n
  is_open    TRUE: the conditions leave only open cases, so that the few stretches that run are gone through, not all cases
  has_stood  FALSE: no condition asks how a case stood, so that a count need not look for it
  figure     what the list stands behind (see _behind.sql), or None; then only_due, by_handled, and counted_by, the conditions of
             what is counted; `conditions` choose from the list
  among      likewise a fragment: the list is of these cases (case_id) only; `told` are columns of it that stand in the list too,
             and that conditions may name
  kind       of the marginals that can count the cases, or None (see _kept.sql); params then month_on (first day of the
             calendar month of as_of), as_of_on
#}
{% from 'questions/_behind.sql' import behind %}
{% from 'questions/_placed.sql' import placed, within %}
{% from 'questions/_lit.sql' import at_risk, light, lit, paused %}
{% from 'questions/_stepped.sql' import stepped %}
{% from 'questions/_kept.sql' import kept %}

{% macro rows(placement, is_open, has_stood, some, told) %}
{% if is_open and not some %}
  SELECT
    r.*,
    TRUE AS is_open,
    r.light IN ('red', 'deep_red') AS is_overdue,
    CAST(NULL AS timestamptz) AS closed_at
  FROM (
    {{ lit(placement) }}
  ) AS r
{% elif not has_stood and not some %}
  {{ placed(placement) }}
    AND EXISTS (SELECT FROM case_fact AS f WHERE f.case_id = c.id AND f.opened_at <= :at)
{% else %}
  SELECT
    p.id AS case_id,
    p.case_no,
    p.reported_at,
    p.track,
    p.is_urgent,
    p.is_duplicate,
    p.description,
    p.address,
    p.place_name,
    p.category,
    p.subcategory,
    p.line,
    p.channel,
    p.source,
    p.path,
    p.placed,
    {% for name in told %}
    b.{{ name }},
    {% endfor %}
    un.name AS unit,
    s.due_at,
    s.is_paused,
    s.is_running AS is_open,
    s.is_running AND {{ light('s') }} IN ('red', 'deep_red') AS is_overdue,
    s.is_running AND {{ at_risk('s') }} AS is_at_risk,
    CASE WHEN s.is_running THEN {{ light('s') }} END AS light,
    CASE WHEN s.is_running THEN s.stage END AS stage,
    CASE WHEN s.is_running THEN s.state ELSE s.ended END AS state,
    CASE WHEN NOT s.is_running THEN s.to_at END AS closed_at,
    CASE WHEN s.is_running THEN {{ paused('s') }} END AS paused_at
  FROM (
    {{ placed(placement) }}
    {% if some %}
      AND c.id = ANY(ARRAY(SELECT case_id FROM behind))
    {% endif %}
  ) AS p
  JOIN (
    SELECT *, to_at IS NULL OR to_at > :at AS is_running FROM case_span
  ) AS s ON s.case_id = p.id AND s.from_at <= :at AND (s.next_at IS NULL OR s.next_at > :at)
  LEFT JOIN unit AS un ON un.id = s.unit_id
  {% if some %}
  JOIN behind AS b ON b.case_id = p.id
  {% endif %}
{% endif %}
{% endmacro %}

{% macro listed(
  placement, conditions, order, counted, is_open, has_stood, kind, figure=none, only_due=false, by_handled=false, counted_by=[],
  among=none, told=[]
) %}
{% set told = ['happened_at'] if figure else told %}
{% set some = figure or among %}
{% if counted and figure and not conditions %}
SELECT count(*) AS n
FROM (
  {{ behind(figure, placement, only_due, by_handled, counted_by) }}
) AS b
{% elif counted and kind %}
SELECT coalesce(sum(p.reported), 0) AS n
FROM (
  {{ kept(kind, 2) }}
    AND m.day_on < :month_on
  UNION ALL
  {{ kept(kind) }}
    AND m.day_on BETWEEN :month_on AND :as_of_on
) AS p
WHERE TRUE
{{ within(conditions) }}
{% else %}
WITH {% if some %}behind AS MATERIALIZED (
  {{ among if among else behind(figure, placement, only_due, by_handled, counted_by) }}
), {% endif %}p AS (
  {{ rows(placement, is_open, has_stood or not counted, some, told) }}
){% if counted %}

SELECT count(*) AS n
FROM p
{% if is_open or has_stood or some %}
CROSS JOIN LATERAL (SELECT p.state AS event) AS was
{% endif %}
WHERE TRUE
{{ within(conditions) }}
{% else %}
, page AS (
  SELECT
    p.*,
    c.status_text,
    c.day_only,
    c.geom,
    g.code AS grid_code,
    g.name AS grid_name,
    up.code AS parent_code
  FROM p
  CROSS JOIN LATERAL (SELECT p.state AS event) AS was
  LEFT JOIN case_record AS c ON c.id = p.case_id
  LEFT JOIN grid AS g ON g.id = p.path[cardinality(p.path)]
  LEFT JOIN grid AS up ON up.id = g.parent_id
  WHERE TRUE
  {{ within(conditions) }}
  ORDER BY {{ order | join(', ') }}
  LIMIT :limit OFFSET :offset
), counts AS (
  SELECT
    t.case_id,
    count(*) FILTER (WHERE t.event = 'returned') AS n_returned,
    count(*) FILTER (WHERE t.event = 'rework') AS n_rework,
    count(*) FILTER (WHERE t.event = 'urged') AS n_urged,
    count(*) FILTER (WHERE t.event IN ('urged', 'yellow_card', 'red_card', 'instructed')) AS n_prompted
  FROM (
    {{ stepped('home') }}
      AND t.case_id = ANY(ARRAY(SELECT case_id FROM page))
      AND t.event IN ('returned', 'rework', 'urged', 'yellow_card', 'red_card', 'instructed')
  ) AS t
  GROUP BY t.case_id
)
SELECT
  p.case_no,
  p.reported_at,
  p.closed_at,
  {% for name in told %}
  p.{{ name }},
  {% endfor %}
  p.due_at,
  p.is_open,
  p.is_overdue,
  p.is_at_risk,
  p.light,
  p.state,
  p.stage,
  p.paused_at,
  p.status_text,
  p.track,
  p.is_urgent,
  p.is_duplicate,
  p.source,
  p.channel,
  p.category,
  p.subcategory,
  p.description,
  p.address,
  p.place_name,
  p.placed AS place_status,
  p.grid_code,
  p.grid_name,
  p.parent_code,
  p.unit,
  p.line,
  coalesce(n.n_returned, 0) AS n_returned,
  coalesce(n.n_rework, 0) AS n_rework,
  {% if 'n_urged' not in told %}
  coalesce(n.n_urged, 0) AS n_urged,
  {% endif %}
  coalesce(n.n_prompted, 0) AS n_prompted,
  p.day_only,
  ST_AsBinary(p.geom) AS geom
FROM page AS p
LEFT JOIN counts AS n ON n.case_id = p.case_id
ORDER BY {{ order | join(', ') }}
{% endif %}
{% endif %}
{% endmacro %}
