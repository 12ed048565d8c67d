-- case_open: the cases open now, with their light now, for QGIS, psql and other programs; as many as the question `cases` lists open
-- returns: one row a case: town, case_no, times (UTC), state, stage, unit, light (green, yellow, red, deep_red, grey), category,
--          subcategory, channel, place_status, geom (EPSG:4326)
-- used by: people; the questions read the tables
{% from 'questions/_lit.sql' import light %}
CREATE VIEW case_open WITH (security_invoker = TRUE) AS
SELECT
  s.case_id AS id,
  t.code AS town,
  c.case_no,
  c.reported_at,
  s.due_at,
  s.state,
  s.stage,
  un.name AS unit,
  {{ light('s', 'now()') }} AS light,
  i.category,
  i.name AS subcategory,
  ch.name AS channel,
  c.description,
  c.address,
  c.place_status,
  c.geom
FROM case_span AS s
JOIN case_record AS c ON c.id = s.case_id
JOIN town AS t ON t.id = s.town_id
LEFT JOIN item AS i ON i.id = c.item_id
LEFT JOIN unit AS un ON un.id = s.unit_id
LEFT JOIN channel AS ch ON ch.id = c.channel_id
WHERE s.length_class = 0 AND s.from_at <= now();
