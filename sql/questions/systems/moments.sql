-- systems/moments: when the systems told of something: the days on which cases came, moved or ended, the days of positions, and
-- how far each load reached
-- params : town_id, on (local date of the instant), at
-- returns: source (code), told_on (a statistical day with records; null on rows of loads), reached_at (latest instant in the file
--          of a load; null on rows of days); one row a system and day, and one a system and instant, in no order
-- used by: questions systems        index: marginal_pkey, lake_file_town_id_day_on_idx, load_run_town_id_started_at_idx
SELECT
  s.code AS source,
  t.told_on,
  t.reached_at
FROM (
  SELECT DISTINCT
    f.source_id,
    m.day_on AS told_on,
    CAST(NULL AS timestamptz) AS reached_at
  FROM marginal AS m
  JOIN facet AS f ON f.id = m.member
  WHERE
    m.town_id = :town_id AND m.kind = 3 AND m.grain = 1 AND m.day_on <= :on
    AND m.reported + m.closed + m.taken + m.passed + m.voided + m.reopened > 0
  UNION
  SELECT
    l.source_id,
    l.day_on,
    NULL
  FROM lake_file AS l
  WHERE l.town_id = :town_id AND l.day_on <= :on
  UNION
  SELECT
    r.source_id,
    NULL,
    r.newest_at
  FROM load_run AS r
  WHERE r.town_id = :town_id AND r.status = 'done' AND r.newest_at <= :at
) AS t
JOIN source AS s ON s.id = t.source_id
