{#
  The posts of the grids as the rosters of a day have them (一长五员): one row a post and holder, or vacancy, of the layer.

  returns  role, person (pseudonym; null = vacant, or not told), is_vacant, unit, n_of_holder (how many posts the holder has in
           the town, in all layers; null = nobody known), grid_id and path in the version :set_id, placed (outside = its grid is
           not in that version)
  params   town_id, on (local date), layer_id, set_id
#}
{% macro posts() %}
SELECT
  h.role,
  h.person,
  h.is_vacant,
  h.n_of_holder,
  coalesce(un.name, h.unit_text) AS unit,
  g.id AS grid_id,
  g.path,
  CASE WHEN g.id IS NULL THEN 'outside' ELSE 'located' END AS placed
FROM (
  SELECT
    r.*,
    CASE WHEN r.person IS NOT NULL THEN count(*) OVER (PARTITION BY r.person) END AS n_of_holder
  FROM roster AS r
  WHERE
    r.town_id = :town_id AND r.valid_from <= :on AND coalesce(r.valid_to, 'infinity') > :on
    AND coalesce(r.until_on, 'infinity') >= :on
) AS h
LEFT JOIN unit AS un ON un.id = h.unit_id
LEFT JOIN grid AS g ON g.set_id = :set_id AND g.code = h.grid_code
WHERE h.layer_id = :layer_id
{% endmacro %}
