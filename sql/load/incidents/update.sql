-- update: the cases whose row changed take the last row of its chain
-- names  : stage (table)
-- params : town_id, run_id; item_ids, unit_ids, line_ids, channel_ids (see words)
-- returns: nothing; changed rows in case_record
-- used by: store.cases, after keep_replaced
{% from 'load/incidents/_row.sql' import row, sources %}
UPDATE case_record AS c
SET
{% for name, value in row.items() %}
  {{ name }} = new.{{ name }}{{ ',' if not loop.last }}
{% endfor %}
FROM (
  SELECT
    v.known_id,
    {% for name, value in row.items() %}
    {{ value }} AS {{ name }}{{ ',' if not loop.last }}
    {% endfor %}
  {{ sources(stage) }}
  WHERE v.is_last AND v.known_id IS NOT NULL
) AS new
WHERE c.id = new.known_id
