-- patrol_sessions: stretches in which a device kept telling where it was
-- names  : counted (only how many), crossing (true = whatever crosses the box of a grid of scope_ids; else where it was most)
-- params : town_id, since_on, until_on (days, both inclusive), scope_ids (null = all), worker (pseudonym; null = all),
--          session (id; null = all), limit, offset
-- returns: one row a session, the latest first: session, worker (pseudonym), day_on, begin_at, end_at, minutes, stop_min, km,
--          effective_km, n_fixes, n_stops, gap_s, longest_step_s, cut, outside_share, mode, is_line_kept, grid_code, grid_name,
--          geom (WKB LineString M, EPSG:4326; null = one fix, or no longer kept); with `counted` only n
-- used by: questions patrol_sessions, playback
-- index  : patrol_session_town_id_begin_at_id_idx, patrol_session_town_id_day_on_idx
SELECT
  {% if counted %}
    count(*) AS n
  {% else %}
    s.id AS session,
    w.code AS worker,
    s.day_on,
    s.begin_at,
    s.end_at,
    s.minutes,
    s.stop_min,
    s.metres / 1000 AS km,
    s.effective_m / 1000 AS effective_km,
    s.n_fixes,
    s.n_stops,
    s.gap_s,
    s.longest_step_s,
    s.cut,
    s.outside_share,
    s.mode,
    s.is_line_kept,
    g.code AS grid_code,
    g.name AS grid_name,
    ST_AsBinary(s.geom) AS geom
  {% endif %}
FROM patrol_session AS s
{% if not counted %}
  JOIN worker AS w ON w.id = s.worker_id
  LEFT JOIN grid AS g ON g.id = s.grid_id
{% endif %}
WHERE
  s.town_id = :town_id AND s.day_on BETWEEN :since_on AND :until_on
  AND (CAST(:worker AS text) IS NULL OR s.worker_id IN (SELECT known.id FROM worker AS known WHERE known.code = :worker))
  AND (CAST(:session AS bigint) IS NULL OR s.id = :session)
  {% if crossing %}
    AND (
      EXISTS (SELECT 1 FROM grid AS c WHERE c.id = ANY(CAST(:scope_ids AS integer[])) AND c.geom && s.geom)
      -- Of a line that is no longer kept it is known where it was most.
      OR NOT s.is_line_kept
      AND EXISTS (SELECT 1 FROM grid AS g WHERE g.id = s.grid_id AND g.path && CAST(:scope_ids AS integer[]))
    )
  {% else %}
    AND (
      CAST(:scope_ids AS integer[]) IS NULL
      OR s.grid_id IN (SELECT inside.id FROM grid AS inside WHERE inside.path && CAST(:scope_ids AS integer[]))
    )
  {% endif %}
{% if not counted %}
  ORDER BY s.begin_at DESC, s.id DESC
  LIMIT :limit OFFSET :offset
{% endif %}
