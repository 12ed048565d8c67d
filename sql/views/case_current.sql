-- case_current: the cases as last delivered, with names instead of ids, for QGIS, psql and other programs
-- returns: one row a case: town, source, case_no, times (UTC), state, category, unit, grid, place_status, geom (EPSG:4326)
-- used by: people; the questions read the tables
CREATE VIEW case_current WITH (security_invoker = TRUE) AS
SELECT
  c.id,
  t.code AS town,
  so.code AS source,
  c.case_no,
  c.reported_at,
  c.closed_at,
  c.due_at,
  c.due_basis,
  c.state,
  c.status_text,
  c.track,
  c.is_urgent,
  c.is_duplicate,
  i.category,
  i.name AS subcategory,
  un.name AS unit,
  li.name AS line,
  ch.name AS channel,
  c.description,
  c.address,
  c.place_name,
  c.place_status,
  g.code AS grid_code,
  g.name AS grid_name,
  c.geom
FROM case_record AS c
JOIN town AS t ON t.id = c.town_id
JOIN source AS so ON so.id = c.source_id
LEFT JOIN item AS i ON i.id = c.item_id
LEFT JOIN unit AS un ON un.id = c.unit_id
LEFT JOIN line AS li ON li.id = c.line_id
LEFT JOIN channel AS ch ON ch.id = c.channel_id
LEFT JOIN grid AS g ON g.id = c.grid_id;
