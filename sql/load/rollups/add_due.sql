-- add_due: what changed of the due is added to what is counted, by day of the deadline and day of the change
-- names  : measures
-- params : town_id
-- returns: nothing; rows in due_day
-- used by: store.marginals        index: due_day_pkey
INSERT INTO due_day AS m (town_id, kind, due_on, told_on, member, {{ measures | join(', ') }})
SELECT
  CAST(:town_id AS smallint),
  kind,
  CAST('1970-01-01' AS date) + day AS due_on,
  CAST('1970-01-01' AS date) + told AS told_on,
  member,
  {{ measures | join(', ') }}
FROM changed
-- In the order of the key: what is read together then lies together.
ORDER BY kind, due_on, told_on, member
ON CONFLICT (town_id, kind, due_on, told_on, member) DO UPDATE
  SET {% for name in measures %}{{ name }} = m.{{ name }} + excluded.{{ name }}{{ ', ' if not loop.last }}{% endfor %}
