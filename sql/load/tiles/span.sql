-- span: the first and the last report among what changed
-- params : none
-- returns: first_at, last_at (timestamptz; null where nothing changed); one row
-- used by: store.tiles, after changed or every
SELECT min(reported_at) AS first_at, max(reported_at) AS last_at
FROM pixel_changed
