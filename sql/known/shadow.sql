-- shadow: a table as it stood then, in front of the one that stands: untouched cases from there, the others as they were
-- names  : table, columns (fragment: those of the table), case (the one that names the case)
-- params : none
-- returns: temporary view of the table's name
-- used by: store.known
CREATE TEMPORARY VIEW {{ table | identifier }} WITH (security_invoker = TRUE) AS
SELECT {{ columns }}
FROM gridgov.{{ table | identifier }} AS stands
WHERE NOT EXISTS (SELECT 1 FROM retold AS t WHERE t.case_id = stands.{{ case | identifier }})
UNION ALL
SELECT {{ columns }}
FROM known_{{ table | identifier }}
