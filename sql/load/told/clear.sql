-- clear: what tracks tell of the cases reported in a time, before it is written anew
-- params : town_id, since, until (timestamptz, until excluded)
-- returns: nothing; rows taken out of case_track
-- used by: store.told        index: case_track_town_id_reported_at_idx
DELETE FROM case_track
WHERE town_id = :town_id AND reported_at >= :since AND reported_at < :until
