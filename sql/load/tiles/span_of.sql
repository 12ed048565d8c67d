-- span_of: the first and the last report of a town that maps count
-- params : town_id
-- returns: first_at, last_at (timestamptz; null where there is none); one row
-- used by: store.tiles.wrong        index: case_pixel_town_id_reported_at_idx
SELECT min(reported_at) AS first_at, max(reported_at) AS last_at
FROM case_pixel
WHERE town_id = :town_id
