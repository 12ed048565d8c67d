-- channels: channels that a staged file names for the first time
-- names  : words (table)
-- params : town_id
-- returns: nothing; new rows in channel
-- used by: store.cases        index: channel_town_id_code_key
INSERT INTO channel (town_id, code, name)
SELECT :town_id, first, first
FROM {{ words | identifier }}
WHERE kind = 'channel'
ON CONFLICT (town_id, code) DO NOTHING
