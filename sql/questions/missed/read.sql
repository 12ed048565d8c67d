-- missed: cases that others reported, and whether somebody on patrol had come by shortly before
-- names  : placement, keys, conditions
-- params : town_id, zone, since, until (timestamptz, until excluded), at, within_s, radius_m, degrees (more than the radius, for
--          the index), n_shown; and those of the conditions
-- returns: the keys, n_reported, n_checked (with coordinates, of days whose tracks are kept), n_missed, case_nos and passed_at
--          of the latest that were missed; one row a group that has any
-- used by: questions missed        index: case_record_town_id_reported_at_closed_at_idx, patrol_session_when_where_idx
{% from 'questions/_placed.sql' import placed, within %}
{% from 'questions/_grouped.sql' import again, chosen, grouped %}
WITH kept AS MATERIALIZED (
  SELECT DISTINCT day_on FROM patrol_session
  WHERE town_id = :town_id AND is_line_kept AND day_on BETWEEN CAST(:since_on AS date) - 2 AND :until_on
), told AS (
  SELECT
    {{ chosen(None, 'p.reported_at', keys) }}
    p.case_no, p.reported_at, p.geom,
    p.geom IS NOT NULL AND EXISTS (
      SELECT FROM kept AS k
      WHERE k.day_on BETWEEN CAST((p.reported_at - make_interval(secs => :within_s)) AT TIME ZONE :zone AS date)
        AND CAST(p.reported_at AT TIME ZONE :zone AS date)
    ) AS is_checked
  FROM (
    {{ placed(placement) }}
      AND c.reported_at >= :since AND c.reported_at < :until AND c.reported_at <= :at
  ) AS p
  WHERE p.channel IS DISTINCT FROM 'worker'
  {{ within(conditions) }}
), found AS (
  SELECT t.*, b.passed_at
  FROM told AS t
  LEFT JOIN LATERAL (
    SELECT max(to_timestamp(ST_InterpolatePoint(s.geom, t.geom))) AS passed_at
    FROM patrol_session AS s
    WHERE
      t.is_checked AND s.town_id = :town_id
      AND tstzrange(s.begin_at, s.end_at, '[]')
      && tstzrange(t.reported_at - make_interval(secs => :within_s), t.reported_at, '()')
      AND s.geom && ST_Expand(t.geom, :degrees)
      -- In degrees first: it is a hundred times quicker than on the ellipsoid, and leaves few.
      AND ST_DWithin(ST_Force2D(s.geom), t.geom, :degrees)
      AND ST_DWithin(CAST(ST_Force2D(s.geom) AS geography), CAST(t.geom AS geography), :radius_m)
      AND to_timestamp(ST_InterpolatePoint(s.geom, t.geom))
        BETWEEN t.reported_at - make_interval(secs => :within_s) AND t.reported_at
  ) AS b ON TRUE
)
SELECT
  {{ again(None, keys) }}
  count(*) AS n_reported,
  count(*) FILTER (WHERE is_checked) AS n_checked,
  count(passed_at) AS n_missed,
  (array_agg(case_no ORDER BY reported_at DESC) FILTER (WHERE passed_at IS NOT NULL))[1 : :n_shown] AS case_nos,
  max(passed_at) AS passed_at
FROM found
{{ grouped(None, keys) }}
