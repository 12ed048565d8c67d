-- follow: the cases whose course is to be derived, with the limit the catalogue gives those without a delivered deadline, or
--          all where the rules let a delivered one only fill
-- names  : cases (fragment: a query for case_id), n_cases (in a part)
-- params : town_id, zone, only_fills (delivered deadlines do); tracks, limit_units (codes in the order of their numbers)
-- returns: temporary table followed: part, place (in the part, from 0), case_id and what the course needs of the case;
--          nothing is null: numbers -1, limit NaN, instants -infinity stand for it
-- used by: store.rollups, after limited and facets        index: case_record_pkey
{% from 'load/rollups/_deadline.sql' import deadline %}
CREATE TEMPORARY TABLE followed ON COMMIT DROP AS
SELECT
  CAST((row_number() OVER by_id - 1) / {{ n_cases }} AS integer) AS part,
  CAST((row_number() OVER by_id - 1) % {{ n_cases }} AS integer) AS place,
  c.id AS case_id,
  c.reported_at,
  coalesce({{ deadline() }}, '-infinity') AS due_at,
  CASE WHEN c.due_at IS NULL OR :only_fills THEN coalesce(l.limit_value, 'NaN') ELSE 'NaN' END AS limit_value,
  CASE
    WHEN (c.due_at IS NULL OR :only_fills) AND l.limit_value IS NOT NULL
      THEN array_position(CAST(:limit_units AS text[]), l.limit_unit) - 1
    ELSE -1
  END AS limit_unit,
  coalesce(array_position(CAST(:tracks AS text[]), c.track) - 1, -1) AS track,
  coalesce(CAST(c.is_urgent AS integer), -1) AS urgent,
  coalesce(c.unit_id, -1) AS unit_id,
  coalesce(c.grid_id, -1) AS grid_id,
  CASE WHEN c.geom IS NULL THEN 0 ELSE 1 END AS located,
  f.id AS facet_id
FROM (
  {{ cases }}
) AS asked
JOIN case_record AS c ON c.id = asked.case_id
LEFT JOIN limited AS l ON l.item_id = c.item_id
LEFT JOIN faceted AS f
  ON
    f.item_id = coalesce(c.item_id, 0)
    AND f.line_id = coalesce(c.line_id, 0)
    AND f.channel_id = coalesce(c.channel_id, 0)
    AND f.source_id = c.source_id
    AND f.track = coalesce(c.track, '')
    AND f.urgent = coalesce(CAST(c.is_urgent AS integer), -1)
    AND f.is_duplicate = c.is_duplicate
WINDOW by_id AS (ORDER BY c.id)
