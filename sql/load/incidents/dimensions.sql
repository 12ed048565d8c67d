-- dimensions: items, units, lines and channels met for the first time in a staged file
-- names  : stage (table)
-- params : town_id
-- returns: nothing; new rows in item (scope 'observed'), unit, line, channel
-- used by: pipelines.incidents        one transaction with the merge
WITH met AS (
  SELECT DISTINCT category, subcategory FROM {{ stage | identifier }}
  WHERE category IS NOT NULL OR subcategory IS NOT NULL
), new_item AS (
  INSERT INTO item (town_id, scope, code, category, name)
  SELECT :town_id, 'observed', concat_ws('/', category, subcategory), coalesce(category, ''), coalesce(subcategory, category)
  FROM met
  ON CONFLICT (town_id, scope, version, code) DO NOTHING
), new_unit AS (
  INSERT INTO unit (town_id, code, name)
  SELECT DISTINCT CAST(:town_id AS smallint), unit, unit FROM {{ stage | identifier }} WHERE unit IS NOT NULL
  ON CONFLICT (town_id, code) DO NOTHING
), new_line AS (
  INSERT INTO line (town_id, code, name)
  SELECT DISTINCT CAST(:town_id AS smallint), line, line FROM {{ stage | identifier }} WHERE line IS NOT NULL
  ON CONFLICT (town_id, code) DO NOTHING
)
INSERT INTO channel (town_id, code, name)
SELECT DISTINCT CAST(:town_id AS smallint), channel, channel FROM {{ stage | identifier }} WHERE channel IS NOT NULL
ON CONFLICT (town_id, code) DO NOTHING
