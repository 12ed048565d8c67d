-- roster: posts of grids, filled and vacant, and how many people hold them; people are counted, never named
-- names  : keys, conditions
-- params : town_id, on (local date of the instant), layer_id, set_id (the version shown), and those of the conditions
-- returns: the keys, n_posts, n_filled, n_vacant, n_holders, n_many (people of them who hold two posts or more in the town), one
--          row a group that has any
-- used by: questions roster        index: roster_layer_id_grid_code_idx
{% from 'questions/_posts.sql' import posts %}
SELECT
  {% for name, expression in keys %}
  {{ expression }} AS {{ name }},
  {% endfor %}
  count(*) AS n_posts,
  count(*) FILTER (WHERE NOT p.is_vacant) AS n_filled,
  count(*) FILTER (WHERE p.is_vacant) AS n_vacant,
  count(DISTINCT p.person) AS n_holders,
  count(DISTINCT p.person) FILTER (WHERE p.n_of_holder > 1) AS n_many
FROM (
  {{ posts() }}
) AS p
WHERE TRUE
{% for condition in conditions %}
  AND {{ condition }}
{% endfor %}
{% if keys %}
GROUP BY {{ range(1, 1 + keys | length) | join(', ') }}
{% endif %}
