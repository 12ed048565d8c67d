-- blank: an empty table for the rows of the cases told of later
-- names  : table
-- params : none
-- returns: temporary table known_...
-- used by: store.known
CREATE TEMPORARY TABLE known_{{ table | identifier }} (LIKE gridgov.{{ table | identifier }}) ON COMMIT DROP
