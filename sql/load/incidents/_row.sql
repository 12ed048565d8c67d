{#
  The columns of a case and the expressions that make them from a staged row s; used by insert.sql and update.sql.
  Words are looked up by their number in an array of ids (see words.sql), which costs a tenth of joining them.
#}
{% set row = {
  'reported_at': 's.reported_at', 'closed_at': 's.closed_at', 'due_at': 's.due_at', 'updated_at': 's.updated_at',
  'day_only': 'coalesce(s.day_only, 0)', 'due_basis': "CASE WHEN s.due_at IS NOT NULL THEN 'source' END", 'state': 's.state',
  'status_text': 's.status_text', 'track': 's.track', 'is_urgent': 's.is_urgent', 'is_duplicate': 'coalesce(s.is_duplicate, FALSE)',
  'item_id': '(CAST(:item_ids AS integer[]))[s.item_word]', 'unit_id': '(CAST(:unit_ids AS integer[]))[s.unit_word]', 'line_id': '(CAST(:line_ids AS integer[]))[s.line_word]', 'channel_id': '(CAST(:channel_ids AS integer[]))[s.channel_word]',
  'description': 's.description', 'address': 's.address', 'place_name': 's.place_name', 'reporter': 's.reporter',
  'place_status': "CASE WHEN s.lon = 'NaN' THEN 'unlocated' WHEN s.grid_id IS NULL THEN 'outside' ELSE 'located' END",
  'geom': "CASE WHEN s.lon <> 'NaN' THEN ST_SetSRID(ST_MakePoint(s.lon, s.lat), 4326) END", 'grid_id': 's.grid_id',
  'recorded': 'CAST(s.recorded AS jsonb)', 'extra': 'CAST(s.extra AS jsonb)', 'row_hash': 's.row_hash',
  'load_run_id': ':run_id',
} %}
{% macro sources(stage) %}
FROM {{ stage | identifier }} AS s
LEFT JOIN verdict AS v ON v.row_no = s.row_no
{% endmacro %}
