-- drop_zeros: rows that count nothing any more go, so that a rebuild makes the same
-- names  : measures
-- params : town_id
-- returns: nothing
-- used by: store.marginals, after add_marginals        index: marginal_pkey
DELETE FROM marginal AS m
USING (
  SELECT DISTINCT kind, CAST('1970-01-01' AS date) + day AS day_on, member FROM changed
) AS c
WHERE
  m.town_id = :town_id AND m.kind = c.kind AND m.member = c.member
  AND m.day_on IN (c.day_on, CAST(date_trunc('month', c.day_on) AS date))
  AND ({% for name in measures %}m.{{ name }}{{ ', ' if not loop.last }}{% endfor %})
  = ({% for name in measures %}0{{ ', ' if not loop.last }}{% endfor %})
