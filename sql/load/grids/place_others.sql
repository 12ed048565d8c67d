-- place_others: the grid of each case in the layers and versions beside its home
-- names  : stage (table), sets (ids)
-- params : none
-- returns: nothing; new rows in case_grid
-- used by: store.cases.replace_grids
INSERT INTO case_grid (set_id, case_id, grid_id)
{% for set_id in sets %}
SELECT {{ set_id }}, id, set_{{ set_id }}
FROM {{ stage | identifier }}
WHERE set_{{ set_id }} IS NOT NULL
{{ 'UNION ALL' if not loop.last }}
{% endfor %}
