-- flow: cases reported and closed by local period
-- names  : placement, keys, conditions
-- params : town_id, zone, since, until (timestamptz, until excluded), at, period_begins and period_days (see _periods.sql);
--          and those of the conditions
-- returns: period_on (first local day), the keys, n_reported, n_closed, n_net; one row a period and group that has any
-- used by: questions flow        index: case_record_town_id_reported_at_closed_at_idx, case_record_town_id_closed_at_idx
{% from 'questions/_placed.sql' import placed, within %}
{% from 'questions/_periods.sql' import period_of %}
WITH reported AS (
  {{ placed(placement) }}
    AND c.reported_at >= :since AND c.reported_at < :until AND c.reported_at <= :at
), closed AS (
  {{ placed(placement) }}
    AND c.closed_at >= :since AND c.closed_at < :until AND c.closed_at <= :at
), moves AS (
  SELECT
    {{ period_of('p.reported_at') }} AS period_on,
    {% for name, expression in keys %}
    {{ expression }} AS {{ name }},
    {% endfor %}
    1 AS n_reported,
    0 AS n_closed
  FROM reported AS p
  WHERE TRUE
  {{ within(conditions) }}
  UNION ALL
  SELECT
    {{ period_of('p.closed_at') }},
    {% for name, expression in keys %}
    {{ expression }},
    {% endfor %}
    0,
    1
  FROM closed AS p
  WHERE TRUE
  {{ within(conditions) }}
)
SELECT
  period_on,
  {% for name, expression in keys %}
  {{ name }},
  {% endfor %}
  sum(n_reported) AS n_reported,
  sum(n_closed) AS n_closed,
  sum(n_reported) - sum(n_closed) AS n_net
FROM moves
GROUP BY 1{% for name, expression in keys %}, {{ loop.index + 1 }}{% endfor %}

ORDER BY 1{% for name, expression in keys %}, {{ loop.index + 1 }}{% endfor %}
