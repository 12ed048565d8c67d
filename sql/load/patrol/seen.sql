-- seen: what is kept of the grids of a version by day or month, in one row
-- names  : table (seen_day, seen_month), key (day_on, month_on)
-- params : set_id, since, until (since <= key < until)
-- returns: days (since 1970-01-01), sizes (bytes) and packed (all values), by day; all null when there are none
-- used by: store.seen        index: seen_day_pkey, seen_month_pkey
SELECT
  array_agg({{ key | identifier }} - date '1970-01-01' ORDER BY {{ key | identifier }}) AS days,
  array_agg(octet_length(counts) ORDER BY {{ key | identifier }}) AS sizes,
  string_agg(counts, CAST('' AS bytea) ORDER BY {{ key | identifier }}) AS packed
FROM {{ table | identifier }}
WHERE set_id = :set_id AND {{ key | identifier }} >= :since AND {{ key | identifier }} < :until
