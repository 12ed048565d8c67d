-- grid_ids: a grid in every version of a layer
-- params : set_ids, code
-- returns: id, level; one row a version that has the code
-- used by: questions.asking        index: grid_set_id_code_key
SELECT
  id,
  level
FROM grid
WHERE set_id = ANY(:set_ids) AND code = :code
