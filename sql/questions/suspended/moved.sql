-- suspended/moved: what went into 挂账 and 缓办 in a period, and what came out
-- names  : placement, conditions
-- params : town_id, zone, since, until (timestamptz, until excluded), at; and those of the conditions
-- returns: n_suspended_in, n_put_off_in, n_resumed_in; one row
-- used by: questions suspended
{% from 'questions/_placed.sql' import within %}
{% from 'questions/_stepped.sql' import stepped %}
WITH p AS (
  {{ stepped(placement) }}
    AND t.at >= :since AND t.at < :until AND t.event IN ('suspended', 'deferred', 'resumed')
)
SELECT
  count(*) FILTER (WHERE p.event = 'suspended') AS n_suspended_in,
  count(*) FILTER (WHERE p.event = 'deferred') AS n_put_off_in,
  count(*) FILTER (WHERE p.event = 'resumed') AS n_resumed_in
FROM p
WHERE TRUE
{{ within(conditions) }}
