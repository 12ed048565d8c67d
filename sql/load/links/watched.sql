-- watched: the cases after whose closing another report may be the first now
-- params : town_id, days
-- returns: temporary table watched: case_id
-- used by: store.links, after unsettled and sought        index: closing_quiet_idx, closing_again_idx
-- The unsettled; and those near a touched one that were quiet until then, or after which another came first that is later.
CREATE TEMPORARY TABLE watched ON COMMIT DROP AS
SELECT case_id FROM unsettled
UNION
SELECT k.case_id
FROM sought AS s
JOIN closing AS k ON k.town_id = :town_id AND k.item_id = s.item_id AND k.place = s.place
WHERE
  k.next_id IS NULL
  AND k.closed_at <= s.reported_at AND k.closed_at >= s.reported_at - :days * INTERVAL '24 hours'
UNION
SELECT k.case_id
FROM sought AS s
JOIN closing AS k ON k.town_id = :town_id AND k.item_id = s.item_id AND k.place = s.place
WHERE
  k.next_id IS NOT NULL AND k.closed_at <= s.reported_at
  AND k.again_at >= s.reported_at AND k.again_at <= s.reported_at + :days * INTERVAL '24 hours'
