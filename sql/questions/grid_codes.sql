-- grid_codes: the codes of some grids
-- params : ids
-- returns: id, code
-- used by: questions.shaping
SELECT
  id,
  code
FROM grid
WHERE id = ANY(:ids)
