-- lines: lines of business that a staged file names for the first time
-- names  : words (table)
-- params : town_id
-- returns: nothing; new rows in line
-- used by: store.cases        index: line_town_id_code_key
INSERT INTO line (town_id, code, name)
SELECT :town_id, first, first
FROM {{ words | identifier }}
WHERE
  kind = 'line'
  -- One that a register knows by this name is no new one.
  AND NOT EXISTS (SELECT 1 FROM line AS known WHERE known.town_id = :town_id AND first IN (known.code, known.name))
ON CONFLICT (town_id, code) DO NOTHING
