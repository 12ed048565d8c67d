-- kept: what is known of patrols near the place of a case beside their tracks
-- params : town_id, case_id, at, since (timestamptz)
-- returns: has_place; ended_at (when the case ended, null = open at :at); last_before_at (when somebody last came by in the 24
--          hours before the report, as it was counted then); n_unkept (sessions of the time whose tracks are no longer kept);
--          one row
-- used by: questions passed_by        index: case_track_pkey, patrol_session_town_id_begin_at_id_idx
SELECT
  c.geom IS NOT NULL AS has_place,
  (
    SELECT CASE WHEN l.to_at <= :at THEN l.to_at END
    FROM case_span AS l
    WHERE l.case_id = c.id AND l.from_at <= :at
    ORDER BY l.from_at DESC, l.to_at DESC NULLS FIRST
    LIMIT 1
  ) AS ended_at,
  t.passed_at AS last_before_at,
  (
    SELECT count(*)
    FROM patrol_session AS s
    WHERE s.town_id = :town_id AND s.begin_at <= :at AND s.end_at >= :since AND NOT s.is_line_kept
  ) AS n_unkept
FROM case_record AS c
LEFT JOIN case_track AS t ON t.case_id = c.id
WHERE c.id = :case_id
