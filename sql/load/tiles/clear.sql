-- clear: what is no longer so goes
-- params : none
-- returns: nothing
-- used by: store.tiles, after changed        index: case_pixel_pkey
DELETE FROM case_pixel AS p
USING pixel_changed AS c
WHERE p.case_id = c.case_id AND c.change = -1
