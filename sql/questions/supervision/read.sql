-- supervision: urgings, cards and instructions given in a period, and how the cases stand at an instant
-- names  : placement, period, keys, conditions
-- params : town_id, zone, since, until (timestamptz, until excluded), at; and those of the conditions
-- returns: period_on if asked by periods, the keys, n_urged, n_yellow_card, n_red_card, n_instructed (times), n_supervised (cases), of
--          them n_cleared (ended since), n_supervised_overdue, n_supervised_waiting (open, not overdue), n_after_end (given after its
--          end); one row a period and group that has any
-- used by: questions supervision        index: that of _stepped.sql, case_span_case_id_idx
{% from 'questions/_grouped.sql' import again, grouped %}
{% from 'questions/_happened.sql' import happened %}
WITH steps AS (
  {{ happened(placement, ['urged', 'yellow_card', 'red_card', 'instructed'], period, keys, conditions) }}
), cases AS (
  SELECT
    {{ again(period, keys) }}
    case_id,
    min(at) AS given_at,
    count(*) FILTER (WHERE what = 'urged') AS n_urged,
    count(*) FILTER (WHERE what = 'yellow_card') AS n_yellow_card,
    count(*) FILTER (WHERE what = 'red_card') AS n_red_card,
    count(*) FILTER (WHERE what = 'instructed') AS n_instructed
  FROM steps
  GROUP BY {{ again(period, keys) }} case_id
), stand AS (
  SELECT
    c.*,
    CASE
      WHEN l.to_at <= :at THEN CASE WHEN l.to_at >= c.given_at THEN 'cleared' ELSE 'after_end' END
      WHEN l.due_at <= :at AND NOT l.is_paused THEN 'overdue'
      ELSE 'waiting'
    END AS now
  FROM cases AS c
  LEFT JOIN LATERAL (
    SELECT s.to_at, s.due_at, s.is_paused
    FROM case_span AS s
    WHERE s.case_id = c.case_id AND s.from_at <= :at
    ORDER BY s.from_at DESC, s.to_at DESC NULLS FIRST
    LIMIT 1
  ) AS l ON TRUE
)
SELECT
  {{ again(period, keys) }}
  coalesce(sum(n_urged), 0) AS n_urged,
  coalesce(sum(n_yellow_card), 0) AS n_yellow_card,
  coalesce(sum(n_red_card), 0) AS n_red_card,
  coalesce(sum(n_instructed), 0) AS n_instructed,
  count(*) AS n_supervised,
  count(*) FILTER (WHERE now = 'cleared') AS n_cleared,
  count(*) FILTER (WHERE now = 'overdue') AS n_supervised_overdue,
  count(*) FILTER (WHERE now = 'waiting') AS n_supervised_waiting,
  count(*) FILTER (WHERE now = 'after_end') AS n_after_end
FROM stand
{{ grouped(period, keys) }}
