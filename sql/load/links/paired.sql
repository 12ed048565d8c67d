-- paired: the cases whose problems may be others now: those touched, their neighbours, and all of their problems
-- params : town_id, within (seconds)
-- returns: temporary table paired: case_id
-- used by: store.links, after linked, kinds and sought        index: case_record_place_idx, duplicate_pkey, duplicate_head_id_idx
-- What is near an untouched case of a problem and tied to it stands in that problem already: so no pair leaves this set.
{% from 'load/links/_places.sql' import place %}
CREATE TEMPORARY TABLE paired ON COMMIT DROP AS
WITH reached AS (
  SELECT case_id FROM linked
  UNION
  SELECT o.id
  FROM sought AS s
  JOIN kinded AS i ON i.item_id = s.item_id
  JOIN kinded AS peer ON peer.kind = i.kind
  -- OFFSET 0: one look into the index for each place, however few cases the planner thinks there are.
  CROSS JOIN LATERAL (
    SELECT c.id
    FROM case_record AS c
    WHERE
      c.town_id = :town_id AND c.item_id = peer.item_id AND {{ place('c') }} = s.place
      AND c.reported_at >= s.reported_at - :within * INTERVAL '1 second'
      AND c.reported_at <= s.reported_at + :within * INTERVAL '1 second'
    OFFSET 0
  ) AS o
), heads AS (
  SELECT DISTINCT coalesce(d.head_id, r.case_id) AS head_id
  FROM reached AS r
  LEFT JOIN duplicate AS d ON d.case_id = r.case_id
)
SELECT case_id FROM reached
UNION
SELECT head_id FROM heads
UNION
SELECT d.case_id
FROM heads AS h
JOIN duplicate AS d ON d.head_id = h.head_id
