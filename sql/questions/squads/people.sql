-- squads/people: whose people were on patrol: each worker who was out, with the unit that the rosters of a day name
-- Posts of patrollers go first, then those of grid workers: who holds several is counted with one unit only.
-- params : town_id, since_on, until_on (days, both inclusive)
-- returns: worker_id, unit, unit_name, territory (codes of grids; empty = the town); one row a worker whose unit is no village
-- used by: questions squads        index: grid_day_pkey, roster's indexes
WITH held AS (
  SELECT DISTINCT ON (r.person)
    r.person,
    r.unit_id
  FROM roster AS r
  WHERE
    r.town_id = :town_id AND r.person IS NOT NULL AND r.unit_id IS NOT NULL
    AND r.valid_from <= :until_on AND coalesce(r.valid_to, 'infinity') > :until_on
  ORDER BY r.person, array_position(ARRAY['patroller', 'grid_worker'], r.role), r.unit_id
)
SELECT
  w.id AS worker_id,
  u.code AS unit,
  u.name AS unit_name,
  u.territory
FROM held AS h
JOIN unit AS u ON u.id = h.unit_id AND u.kind IS DISTINCT FROM 'village'
JOIN worker AS w ON w.town_id = :town_id AND w.code = h.person
WHERE
  EXISTS (
    SELECT 1
    FROM patrol_session AS s
    WHERE s.worker_id = w.id AND s.day_on BETWEEN :since_on AND :until_on
  )
ORDER BY u.code, w.id
