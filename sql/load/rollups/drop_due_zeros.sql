-- drop_due_zeros: rows of the due that count nothing any more go, so that a rebuild makes the same
-- names  : measures
-- params : town_id
-- returns: nothing
-- used by: store.marginals, after add_due        index: due_day_pkey
DELETE FROM due_day AS m
USING changed AS c
WHERE
  m.town_id = :town_id AND m.kind = c.kind AND m.member = c.member
  AND m.due_on = CAST('1970-01-01' AS date) + c.day AND m.told_on = CAST('1970-01-01' AS date) + c.told
  AND ({% for name in measures %}m.{{ name }}{{ ', ' if not loop.last }}{% endfor %})
  = ({% for name in measures %}0{{ ', ' if not loop.last }}{% endfor %})
