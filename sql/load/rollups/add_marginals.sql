-- add_marginals: what changed is added to what is counted, by day and by month
-- names  : measures
-- params : town_id
-- returns: nothing; rows in marginal
-- used by: store.marginals        index: marginal_pkey
INSERT INTO marginal AS m (town_id, kind, grain, day_on, member, {{ measures | join(', ') }})
SELECT
  CAST(:town_id AS smallint),
  kind,
  grain,
  day_on,
  member,
  {% for name in measures %}sum({{ name }}){{ ', ' if not loop.last }}{% endfor %}

FROM (
  SELECT
    kind,
    CAST(1 AS smallint) AS grain,
    CAST('1970-01-01' AS date) + day AS day_on,
    member,
    {{ measures | join(', ') }}
  FROM changed
  UNION ALL
  SELECT
    kind,
    CAST(2 AS smallint),
    CAST(date_trunc('month', CAST('1970-01-01' AS date) + day) AS date),
    member,
    {{ measures | join(', ') }}
  FROM changed
) AS told
GROUP BY kind, grain, day_on, member
-- In the order of the key: what is read together then lies together.
ORDER BY kind, grain, day_on, member
ON CONFLICT (town_id, kind, grain, day_on, member) DO UPDATE
  SET {% for name in measures %}{{ name }} = m.{{ name }} + excluded.{{ name }}{{ ', ' if not loop.last }}{% endfor %}
