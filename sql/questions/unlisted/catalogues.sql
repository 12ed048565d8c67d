-- unlisted/catalogues: how many items the catalogues of a town have
-- params : town_id
-- returns: n; one row
-- used by: questions unlisted
SELECT count(*) AS n FROM item WHERE town_id = :town_id AND scope <> 'observed'
