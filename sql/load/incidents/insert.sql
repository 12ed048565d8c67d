-- insert: the new cases of a staged file, each from the last row of its chain
-- names  : stage (table)
-- params : town_id, source_id, run_id; item_ids, unit_ids, line_ids, channel_ids (see words)
-- returns: nothing; new rows in case_record
-- used by: store.cases, after classify and words
{% from 'load/incidents/_row.sql' import row, sources %}
INSERT INTO case_record (id, town_id, source_id, case_no, {{ row.keys() | join(', ') }})
SELECT coalesce(v.case_id, nextval('case_record_id_seq')), :town_id, :source_id, s.case_no, {{ row.values() | join(', ') }}
{{ sources(stage) }}
WHERE v.row_no IS NULL OR (v.is_last AND v.known_id IS NULL)
