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
  JOIN case_record AS o
    ON o.town_id = :town_id AND o.item_id = peer.item_id AND {{ place('o') }} = s.place
    AND o.reported_at >= s.reported_at - :within * INTERVAL '1 second'
    AND o.reported_at <= s.reported_at + :within * INTERVAL '1 second'
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
