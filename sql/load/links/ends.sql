-- ends: when the cases gathered were closed, and opened again
-- params : none
-- returns: temporary table gathered_end: no (of the case), at, until (infinity = it stands), is_closed (not voided)
-- used by: store.links, after gather        index: case_span_case_id_idx
CREATE TEMPORARY TABLE gathered_end ON COMMIT DROP AS
SELECT
  g.no,
  s.to_at AS at,
  coalesce(s.next_at, 'infinity') AS until,
  s.ended <> 'voided' AS is_closed
FROM gathered AS g
JOIN case_span AS s ON s.case_id = g.case_id
WHERE s.ended IS NOT NULL AND (s.next_at IS NULL OR s.next_at > s.to_at)
