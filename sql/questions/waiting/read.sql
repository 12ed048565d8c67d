-- waiting: the cases that are open at an instant, by the node they wait at
-- names  : placement, keys, conditions
-- params : town_id, zone, at; and those of the conditions
-- returns: the keys, stage, n_waiting, n_waiting_over (the limit of the node has passed), waiting_since_at (since when the one
--          waits that came to the node first); one row a group and node that has any
-- used by: questions waiting, node_times        index: as `running` of _spanned.sql says; case_span_case_id_idx
-- A wait begins after the last stretch at another node, or after the end the case was reopened from.
{% from 'questions/_placed.sql' import within %}
{% from 'questions/_spanned.sql' import running %}
{% from 'questions/_followed.sql' import state_of_p %}
WITH p AS (
  {{ running(placement) }}
)
SELECT
  {% for name, expression in keys %}
  {{ expression }} AS {{ name }},
  {% endfor %}
  p.stage,
  count(*) AS n_waiting,
  count(*) FILTER (WHERE p.stage_due_at <= :at) AS n_waiting_over,
  min(w.since_at) AS waiting_since_at
FROM p
{{ state_of_p() }}
CROSS JOIN LATERAL (
  SELECT min(s.from_at) AS since_at
  FROM case_span AS s
  WHERE
    s.case_id = p.case_id AND s.from_at <= p.from_at
    AND s.from_at >= coalesce(
      (
        SELECT max(b.to_at)
        FROM case_span AS b
        WHERE b.case_id = p.case_id AND b.from_at < p.from_at AND (b.stage <> p.stage OR b.ended IS NOT NULL)
      ),
      '-infinity'
    )
) AS w
WHERE TRUE
{{ within(conditions) }}
GROUP BY {% for name, expression in keys %}{{ loop.index }}, {% endfor %}p.stage
