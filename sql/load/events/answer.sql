-- answer: a table for what store.following found
-- names  : table, columns (fragment: names and types)
-- params : none
-- returns: temporary table
-- used by: store.ledger
CREATE TEMPORARY TABLE {{ table | identifier }} ({{ columns }}) ON COMMIT DROP
