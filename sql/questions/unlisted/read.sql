-- unlisted: categories that systems use and no catalogue of the town has, by the very words
-- params : town_id, at, limit, offset
-- returns: category, subcategory, source, n_cases, last_at (when the last was reported); none where no
--          catalogue is loaded; one row a category, subcategory and system, most cases first
-- used by: questions unlisted        index: case_record_place_idx
WITH unknown AS (
  SELECT
    o.id,
    o.category,
    o.name
  FROM item AS o
  WHERE
    o.town_id = :town_id AND o.scope = 'observed'
    AND NOT EXISTS (
      SELECT 1
      FROM item AS i
      WHERE
        i.town_id = o.town_id AND i.scope <> 'observed' AND i.category IS NOT DISTINCT FROM o.category
        AND (o.name IS NULL OR i.name = o.name)
    )
)
SELECT
  u.category,
  u.name AS subcategory,
  s.code AS source,
  count(*) AS n_cases,
  max(c.reported_at) AS last_at
FROM unknown AS u
JOIN case_record AS c ON c.town_id = :town_id AND c.item_id = u.id AND c.reported_at <= :at
JOIN source AS s ON s.id = c.source_id
WHERE EXISTS (SELECT 1 FROM item AS i WHERE i.town_id = :town_id AND i.scope <> 'observed')
GROUP BY u.category, u.name, s.code
ORDER BY n_cases DESC, u.category, u.name, s.code
LIMIT :limit OFFSET :offset
