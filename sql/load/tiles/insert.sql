-- insert: what is so now, in the order of time: a map of some weeks then reads few pages
-- params : none
-- returns: nothing; rows in case_pixel
-- used by: store.tiles, after clear
INSERT INTO case_pixel (case_id, town_id, reported_at, pixel, grid_id, facet_id)
SELECT case_id, town_id, reported_at, pixel, grid_id, facet_id
FROM pixel_changed
WHERE change = 1
ORDER BY reported_at, case_id
