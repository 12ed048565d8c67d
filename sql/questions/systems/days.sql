-- systems/days: on which days the systems told of something: cases came, moved or ended, or people were out
-- params : town_id
-- returns: source_id, told_on (array of statistical days, in order); one row a system
-- used by: questions systems        index: marginal_pkey, lake_file_town_id_day_on_idx
SELECT
  t.source_id,
  array_agg(t.told_on ORDER BY t.told_on) AS told_on
FROM (
  SELECT DISTINCT
    f.source_id,
    m.day_on AS told_on
  FROM marginal AS m
  JOIN facet AS f ON f.id = m.member
  WHERE
    m.town_id = :town_id AND m.kind = 3 AND m.grain = 1
    AND m.reported + m.closed + m.taken + m.passed + m.voided + m.reopened > 0
  UNION
  SELECT
    l.source_id,
    l.day_on
  FROM lake_file AS l
  WHERE l.town_id = :town_id
) AS t
GROUP BY t.source_id
