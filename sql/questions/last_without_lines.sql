-- last_without_lines: the last day whose raw positions, and with them the lines of its sessions, are no longer kept
-- params : town_id
-- returns: day_on (null where all are kept); one row
-- used by: questions.lines        index: lake_file_town_id_day_on_idx
SELECT max(day_on) AS day_on
FROM lake_file
WHERE town_id = :town_id AND removed_at IS NOT NULL
