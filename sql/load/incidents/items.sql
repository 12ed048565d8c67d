-- items: what cases are about, where a staged file names it for the first time
-- names  : words (table)
-- params : town_id
-- returns: nothing; new rows in item, scope 'observed'
-- used by: store.cases        index: item_town_id_scope_version_code_condition_key
INSERT INTO item (town_id, scope, code, category, name)
SELECT :town_id, 'observed', CAST(jsonb_build_array(first, second) AS text), first, second
FROM {{ words | identifier }}
WHERE kind = 'item'
ON CONFLICT (town_id, scope, version, code, condition) DO NOTHING
