-- place_history: what else was reported at the place of a case, and the other reports of its problem
-- names  : placement
-- params : town_id, zone, at, since (timestamptz), case_id, metres; set_id or layer_id by placement
-- returns: one row a case reported after :since and until :at within :metres of it (where neither has coordinates, at the same
--          address), or of the same problem whenever reported: relation (duplicate, same_kind, other), metres (null = the same
--          address), and how it stood at :at; the latest report first
-- used by: questions place_history        index: case_record_geom_idx, duplicate_head_id_idx, case_span_case_id_idx
{% from 'questions/_placed.sql' import placed %}
{% from 'questions/_lit.sql' import light %}
WITH RECURSIVE me AS (
  SELECT
    c.id,
    c.geom,
    nullif(c.address, '') AS address,
    i.category,
    i.name AS subcategory
  FROM case_record AS c
  LEFT JOIN item AS i ON i.id = c.item_id
  WHERE c.id = :case_id
), tied AS (
  SELECT
    d.case_id,
    d.of_id
  FROM duplicate AS d
  WHERE
    d.known_at <= :at
    AND d.head_id = coalesce((SELECT own.head_id FROM duplicate AS own WHERE own.case_id = :case_id), :case_id)
), problem AS (
  SELECT CAST(:case_id AS bigint) AS id
  UNION
  SELECT CASE t.case_id WHEN p.id THEN t.of_id ELSE t.case_id END
  FROM problem AS p
  JOIN tied AS t ON p.id IN (t.case_id, t.of_id)
), near AS (
  SELECT
    c.id,
    ST_Distance(CAST(c.geom AS geography), CAST(me.geom AS geography)) AS metres
  FROM me
  JOIN case_record AS c ON c.geom && CAST(ST_Buffer(CAST(me.geom AS geography), 1.1 * :metres) AS geometry)
  WHERE c.town_id = :town_id AND c.reported_at > :since AND c.reported_at <= :at
  UNION ALL
  SELECT
    c.id,
    CAST(NULL AS double precision)
  FROM me
  JOIN case_record AS c ON c.address = me.address
  WHERE
    c.town_id = :town_id AND me.geom IS NULL AND c.geom IS NULL AND c.reported_at > :since AND c.reported_at <= :at
), found AS (
  SELECT
    n.id,
    n.metres
  FROM near AS n
  WHERE n.metres <= :metres OR n.metres IS NULL
  UNION
  SELECT
    p.id,
    ST_Distance(CAST(c.geom AS geography), CAST(me.geom AS geography))
  FROM problem AS p
  CROSS JOIN me
  JOIN case_record AS c ON c.id = p.id
)
SELECT
  p.case_no,
  p.source,
  CASE
    WHEN p.id IN (SELECT same.id FROM problem AS same) THEN 'duplicate'
    WHEN p.category IS NOT DISTINCT FROM me.category AND p.subcategory = me.subcategory THEN 'same_kind'
    ELSE 'other'
  END AS relation,
  f.metres,
  p.reported_at,
  CASE WHEN s.to_at <= :at THEN s.to_at END AS closed_at,
  s.to_at IS NULL OR s.to_at > :at AS is_open,
  CASE WHEN s.to_at IS NULL OR s.to_at > :at THEN {{ light('s') }} END AS light,
  CASE WHEN s.to_at <= :at THEN s.ended ELSE s.state END AS state,
  p.category,
  p.subcategory,
  un.name AS unit,
  p.description,
  p.address,
  p.day_only,
  ST_AsBinary(p.geom) AS geom
FROM (
  {{ placed(placement) }}
    AND c.id IN (SELECT found.id FROM found)
) AS p
CROSS JOIN me
JOIN found AS f ON f.id = p.id
JOIN case_span AS s ON s.case_id = p.id AND s.from_at <= :at AND (s.next_at IS NULL OR s.next_at > :at)
LEFT JOIN unit AS un ON un.id = s.unit_id
WHERE p.id <> :case_id
ORDER BY p.reported_at DESC, p.case_no
