-- hotline/channels: the channels of a town that are a hotline by their word
-- params : town_id        returns: code; one row a channel        used by: questions hotline
SELECT code
FROM channel
WHERE town_id = :town_id AND (code || ' ' || name ~* 'hotline|12345' OR name LIKE '%热线%')
ORDER BY code
