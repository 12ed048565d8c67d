-- unfilled: towns of whose cases with a course and a place not all are counted: of a database that was made before maps were,
--           or whose filling died, whatever was loaded since
-- params : none
-- returns: id; one row a town
-- used by: store.tiles, with an upgrade        index: none; it looks at all cases
SELECT t.id
FROM town AS t
WHERE
  EXISTS (
    SELECT 1
    FROM case_record AS c
    JOIN case_fact AS f ON f.case_id = c.id
    LEFT JOIN case_pixel AS p ON p.case_id = c.id
    WHERE c.town_id = t.id AND c.geom IS NOT NULL AND p.case_id IS NULL
  )
ORDER BY t.id
