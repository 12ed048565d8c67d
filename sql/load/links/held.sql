-- held: cases of a town, counted no further than needed
-- params : town_id, at_most
-- returns: n
-- used by: store.links        index: case_record_town_id_reported_at_closed_at_idx
SELECT count(*) AS n
FROM (SELECT FROM case_record WHERE town_id = :town_id ORDER BY reported_at LIMIT :at_most) AS counted
