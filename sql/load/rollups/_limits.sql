{#
  The limit of each item that cases name: that of the newest edition of the town's own catalogue under the same category
  and name. Where its rows do not all say the same limit (one for each of several conditions), there is none: nothing is
  guessed. One row an item with a limit: item_id, limit_value, limit_unit.

  params  town_id
#}
{% macro limits() %}
SELECT
  named.id AS item_id,
  min(said.limit_value) AS limit_value,
  min(said.limit_unit) AS limit_unit
FROM item AS named
JOIN item AS said
  ON said.town_id = named.town_id AND said.scope = 'town' AND said.category = named.category AND said.name = named.name
WHERE
  named.town_id = :town_id AND named.scope = 'observed'
  AND said.version = (
    SELECT newest.version FROM item AS newest
    WHERE newest.town_id = :town_id AND newest.scope = 'town'
    ORDER BY newest.valid_from DESC NULLS LAST, newest.version DESC
    LIMIT 1
  )
GROUP BY named.id
HAVING count(said.limit_value) = count(*) AND count(DISTINCT (said.limit_value, said.limit_unit)) = 1
{% endmacro %}
