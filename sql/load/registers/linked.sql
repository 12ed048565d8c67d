-- linked: how far the owners and lines of an edition are known to the registers
-- params : town_id, scope, version
-- returns: owner_known, owner_word (a class, or a unit no register has), owner_nobody; line_known, line_word, line_nobody;
--          one row
-- used by: store.registers
SELECT
  count(owner_id) AS owner_known,
  count(owner_text) - count(owner_id) AS owner_word,
  count(*) - count(owner_text) AS owner_nobody,
  count(line_id) AS line_known,
  count(line_text) - count(line_id) AS line_word,
  count(*) - count(line_text) AS line_nobody
FROM item
WHERE town_id = :town_id AND scope = :scope AND version = :version
