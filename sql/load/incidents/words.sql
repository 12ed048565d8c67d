-- words: which row of item, unit, line or channel each numbered word of a staged file is
-- names  : words (table)
-- params : town_id
-- returns: temporary table word: kind, word (number), id
-- used by: store.cases, after items, units, lines, channels
CREATE TEMPORARY TABLE word ON COMMIT DROP AS
SELECT w.kind, w.word, i.id
FROM {{ words | identifier }} AS w
JOIN item AS i
  ON i.town_id = :town_id AND i.scope = 'observed' AND i.version = '' AND i.code = concat_ws('/', w.first, w.second)
WHERE w.kind = 'item'
UNION ALL
SELECT w.kind, w.word, u.id
FROM {{ words | identifier }} AS w
JOIN unit AS u ON u.town_id = :town_id AND u.code = w.first
WHERE w.kind = 'unit'
UNION ALL
SELECT w.kind, w.word, l.id
FROM {{ words | identifier }} AS w
JOIN line AS l ON l.town_id = :town_id AND l.code = w.first
WHERE w.kind = 'line'
UNION ALL
SELECT w.kind, w.word, c.id
FROM {{ words | identifier }} AS w
JOIN channel AS c ON c.town_id = :town_id AND c.code = w.first
WHERE w.kind = 'channel'
