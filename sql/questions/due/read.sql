-- due: open cases at an instant by when their deadline is
-- names  : placement, keys (list of [name, expression]), conditions
-- params : town_id, zone, at, today_at, tomorrow_at, after_at (begin of the local day of :at and of the two after it), soon_at
--          (two hours after :at), and those of the conditions
-- returns: the keys, n_open, n_due_before, n_due_today, n_due_today_passed (of these), n_due_2h, n_due_tomorrow, n_due_later,
--          n_grey; one row a group that has open cases
-- used by: questions due        index: those of running
{% from 'questions/_placed.sql' import within %}
{% from 'questions/_lit.sql' import lit %}
WITH p AS (
  {{ lit(placement) }}
), timed AS (
  SELECT
    {% for name, expression in keys %}
    {{ expression }} AS {{ name }},
    {% endfor %}
    CASE WHEN p.light <> 'grey' THEN p.due_at END AS ends_at
  FROM p
  CROSS JOIN LATERAL (SELECT p.state AS event) AS was
  WHERE TRUE
  {{ within(conditions) }}
)
SELECT
  {% for name, expression in keys %}
  {{ name }},
  {% endfor %}
  count(*) AS n_open,
  count(*) FILTER (WHERE ends_at < :today_at) AS n_due_before,
  count(*) FILTER (WHERE ends_at >= :today_at AND ends_at < :tomorrow_at) AS n_due_today,
  count(*) FILTER (WHERE ends_at >= :today_at AND ends_at < :tomorrow_at AND ends_at <= :at) AS n_due_today_passed,
  count(*) FILTER (WHERE ends_at > :at AND ends_at < :soon_at) AS n_due_2h,
  count(*) FILTER (WHERE ends_at >= :tomorrow_at AND ends_at < :after_at) AS n_due_tomorrow,
  count(*) FILTER (WHERE ends_at >= :after_at) AS n_due_later,
  count(*) FILTER (WHERE ends_at IS NULL) AS n_grey
FROM timed
{% if keys %}
GROUP BY {% for name, expression in keys %}{{ loop.index }}{{ ', ' if not loop.last }}{% endfor %}

ORDER BY n_open DESC{% for name, expression in keys %}, {{ loop.index }}{% endfor %}
{% endif %}
