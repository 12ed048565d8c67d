-- patrol_integrity/below: some grids and all below them
-- params : scope_ids
-- returns: id
-- used by: questions patrol_integrity
SELECT id
FROM grid
WHERE path && CAST(:scope_ids AS integer[])
