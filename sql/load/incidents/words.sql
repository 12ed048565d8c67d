-- words: which row of item, unit, line or channel each numbered word of a staged file is
-- names  : words (table)
-- params : town_id
-- returns: kind, ids (array: the id of word n at place n); one row a kind that has words
-- used by: store.cases, after items, units, lines, channels
SELECT
  w.kind,
  -- Units and lines go by code or name; should a word ever mean two of them, this fails and mixes nothing up.
  array_agg(
    coalesce(
      i.id,
      c.id,
      (SELECT u.id FROM unit AS u WHERE w.kind = 'unit' AND u.town_id = :town_id AND w.first IN (u.code, u.name)),
      (SELECT l.id FROM line AS l WHERE w.kind = 'line' AND l.town_id = :town_id AND w.first IN (l.code, l.name))
    )
    ORDER BY w.word
  ) AS ids
FROM {{ words | identifier }} AS w
LEFT JOIN item AS i
  ON w.kind = 'item' AND i.town_id = :town_id AND i.scope = 'observed' AND i.version = ''
  AND i.code = CAST(jsonb_build_array(w.first, w.second) AS text)
LEFT JOIN unit AS u ON w.kind = 'unit' AND u.town_id = :town_id AND u.code = w.first
LEFT JOIN line AS l ON w.kind = 'line' AND l.town_id = :town_id AND l.code = w.first
LEFT JOIN channel AS c ON w.kind = 'channel' AND c.town_id = :town_id AND c.code = w.first
GROUP BY w.kind
