-- duplicate_clusters: problems that were reported more than once, as they stood at an instant
-- names  : placement, conditions
-- params : town_id, zone, since, until (timestamptz, until excluded), at, limit, offset; and those of the conditions
-- returns: n_total (of all), and of a page of them: case_no (of the first report), n_reports, n_open, first_at, last_at, radius_m,
--          channels, and what the first report says; the most reports first; one row a problem
-- used by: questions duplicate_clusters        index: duplicate_town_id_reported_at_idx, duplicate_head_id_idx, case_span_case_id_idx
-- Conditions speak of the first report. A problem is listed when one of its later reports lies in the period.
{% from 'questions/_placed.sql' import placed, within %}
WITH RECURSIVE asked AS (
  SELECT DISTINCT head_id
  FROM duplicate
  WHERE town_id = :town_id AND reported_at >= :since AND reported_at < :until AND known_at <= :at
), tied AS (
  SELECT
    d.case_id,
    d.of_id,
    d.reported_at
  FROM asked AS a
  JOIN duplicate AS d ON d.head_id = a.head_id
  WHERE d.known_at <= :at
), up AS (
  SELECT
    case_id,
    reported_at,
    of_id AS first_id
  FROM tied
  UNION ALL
  SELECT
    up.case_id,
    up.reported_at,
    t.of_id
  FROM up
  JOIN tied AS t ON t.case_id = up.first_id
), members AS (
  SELECT
    case_id,
    reported_at,
    first_id
  FROM up
  WHERE NOT EXISTS (SELECT FROM tied AS t WHERE t.case_id = up.first_id)
), problems AS (
  SELECT
    first_id,
    count(*) + 1 AS n_reports,
    max(reported_at) AS last_at
  FROM members
  GROUP BY first_id
  HAVING bool_or(reported_at >= :since AND reported_at < :until)
), firsts AS (
  {{ placed(placement) }}
    AND c.id IN (SELECT first_id FROM problems)
), page AS (
  SELECT
    p.*,
    q.n_reports,
    q.last_at,
    count(*) OVER () AS n_total
  FROM firsts AS p
  JOIN problems AS q ON q.first_id = p.id
  WHERE TRUE
  {{ within(conditions) }}
  ORDER BY q.n_reports DESC, q.last_at DESC, p.case_no
  LIMIT :limit OFFSET :offset
), every AS (
  SELECT
    page.id AS first_id,
    c.id,
    c.geom,
    ch.code AS channel,
    EXISTS (
      SELECT FROM case_span AS s
      WHERE s.case_id = c.id AND s.from_at <= :at AND (s.to_at IS NULL OR s.to_at > :at)
    ) AS is_open
  FROM page
  JOIN (
    SELECT first_id, case_id FROM members
    UNION
    SELECT first_id, first_id FROM members
  ) AS m ON m.first_id = page.id
  JOIN case_record AS c ON c.id = m.case_id
  LEFT JOIN channel AS ch ON ch.id = c.channel_id
)
SELECT
  p.n_total,
  p.case_no,
  p.n_reports,
  e.n_open,
  p.reported_at AS first_at,
  p.last_at,
  e.radius_m,
  e.channels,
  p.category,
  p.subcategory,
  p.description,
  p.address,
  p.place_name,
  p.placed AS place_status,
  g.code AS grid_code,
  g.name AS grid_name,
  up.code AS parent_code,
  p.unit,
  ST_AsBinary(p.geom) AS geom
FROM page AS p
CROSS JOIN LATERAL (
  SELECT
    count(*) FILTER (WHERE m.is_open) AS n_open,
    max(ST_Distance(CAST(m.geom AS geography), CAST(p.geom AS geography))) AS radius_m,
    string_agg(DISTINCT m.channel, ', ' ORDER BY m.channel) AS channels
  FROM every AS m
  WHERE m.first_id = p.id
) AS e
LEFT JOIN grid AS g ON g.id = p.path[cardinality(p.path)]
LEFT JOIN grid AS up ON up.id = g.parent_id
ORDER BY p.n_reports DESC, p.last_at DESC, p.case_no
