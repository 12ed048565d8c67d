-- hot_issues: cases reported in a period and in those before it, one by one
-- names  : placement, keys (of grids), conditions
-- params : town_id, zone, since, until (timestamptz, until excluded; the earliest period begins at since), at; and those of
--          the conditions
-- returns: the keys, id, reported_at, has_hour (false where only the day is known), category, subcategory, unit, channel, address, lon, lat; one row a case, by report and id
-- used by: questions hot_issues        index: case_record_town_id_reported_at_closed_at_idx
{% from 'questions/_placed.sql' import placed, within %}
SELECT
  {% for name, expression in keys %}{{ expression }} AS {{ name }}, {% endfor %}
  p.id,
  p.reported_at,
  p.day_only & 1 = 0 AS has_hour,
  p.category,
  p.subcategory,
  p.unit,
  p.channel,
  coalesce(p.address, p.place_name) AS address,
  st_x(p.geom) AS lon,
  st_y(p.geom) AS lat
FROM (
  {{ placed(placement) }}
    AND c.reported_at >= :since AND c.reported_at < :until AND c.reported_at <= :at
) AS p
WHERE p.subcategory IS NOT NULL
{{ within(conditions) }}
ORDER BY p.reported_at, p.id
