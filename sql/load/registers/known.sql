-- known: the units (or lines) of a town
-- names  : register (table: unit or line)
-- params : town_id
-- returns: id, code, name, kind, territory, source_id (whose register has it; null = known from cases only)
-- used by: store.registers
SELECT
  u.id,
  u.code,
  u.name,
  {% if register == 'unit' %}
  u.kind,
  u.territory,
  {% else %}
  NULL AS kind,
  CAST('{}' AS text[]) AS territory,
  {% endif %}
  r.source_id
FROM {{ register | identifier }} AS u
LEFT JOIN load_run AS r ON r.id = u.load_run_id
WHERE u.town_id = :town_id
ORDER BY u.code
