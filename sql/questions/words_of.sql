-- words_of: what the members of a dimension are called in a town
-- names  : dimension (unit, to_unit, line, channel, source, category or subcategory)
-- params : town_id
-- returns: word; one row each
-- used by: questions.meant        index: those of the town's registers
{% set where = {
  'unit': ['unit', 'name'], 'to_unit': ['unit', 'name'], 'line': ['line', 'name'], 'channel': ['channel', 'code'],
  'source': ['source', 'code'], 'category': ['item', 'category'], 'subcategory': ['item', 'name'],
} %}
SELECT DISTINCT t.{{ where[dimension][1] }} AS word
FROM {{ where[dimension][0] }} AS t
WHERE t.town_id = :town_id AND t.{{ where[dimension][1] }} IS NOT NULL
