-- units: responsible units that a staged file names for the first time
-- names  : words (table)
-- params : town_id
-- returns: nothing; new rows in unit
-- used by: store.cases        index: unit_town_id_code_key
INSERT INTO unit (town_id, code, name)
SELECT :town_id, first, first
FROM {{ words | identifier }}
WHERE
  kind = 'unit'
  -- One that a register knows by this name is no new one.
  AND NOT EXISTS (SELECT 1 FROM unit AS known WHERE known.town_id = :town_id AND first IN (known.code, known.name))
ON CONFLICT (town_id, code) DO NOTHING
