-- supervision: urgings, cards and instructions given in a period, and how the cases stand at an instant
-- names  : placement, period, keys, conditions
-- params : town_id, zone, since, until (timestamptz, until excluded), at; and those of the conditions
-- returns: period_on if asked by periods, the keys, n_urged, n_yellow_card, n_red_card, n_instructed (times), n_supervised (cases), of
--          them n_cleared (ended since), n_supervised_overdue, n_supervised_waiting (open, not overdue), n_after_end (given after its
--          end); one row a period and group that has any
-- used by: questions supervision        index: that of _stepped.sql, case_span_case_id_idx
{% from 'questions/_grouped.sql' import again, grouped %}
{% from 'questions/_supervised.sql' import supervised %}
WITH stand AS (
  {{ supervised(placement, period, keys, conditions) }}
)
SELECT
  {{ again(period, keys) }}
  coalesce(sum(n_urged), 0) AS n_urged,
  coalesce(sum(n_yellow_card), 0) AS n_yellow_card,
  coalesce(sum(n_red_card), 0) AS n_red_card,
  coalesce(sum(n_instructed), 0) AS n_instructed,
  count(*) AS n_supervised,
  count(*) FILTER (WHERE reply = 'cleared') AS n_cleared,
  count(*) FILTER (WHERE reply = 'overdue') AS n_supervised_overdue,
  count(*) FILTER (WHERE reply = 'waiting') AS n_supervised_waiting,
  count(*) FILTER (WHERE reply = 'after_end') AS n_after_end
FROM stand
{{ grouped(period, keys) }}
