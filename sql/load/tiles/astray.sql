-- astray: among the cases of a town that came last, those that are not kept where and when they are
-- params : town_id, most (so many cases are looked at)
-- returns: n (cases); one row
-- used by: store.tiles.wrong        index: case_record_pkey, case_pixel_pkey, case_fact_pkey
{% from 'tiles/_cells.sql' import column_of, interleaved, row_of %}
WITH placed AS MATERIALIZED (
  SELECT c.id, c.grid_id, {{ column_of('c.geom') }} AS x, {{ row_of('c.geom') }} AS y
  FROM (SELECT * FROM case_record WHERE town_id = :town_id ORDER BY id DESC LIMIT :most) AS c
  WHERE c.geom IS NOT NULL
)
SELECT count(*) AS n
FROM placed AS c
JOIN case_fact AS f ON f.case_id = c.id
LEFT JOIN case_pixel AS p ON p.case_id = c.id
WHERE
  p.case_id IS NULL OR p.pixel <> {{ interleaved('c.x', 'c.y') }} OR p.grid_id IS DISTINCT FROM c.grid_id
  OR p.reported_at <> f.opened_at
