-- cases: the list of cases
-- names  : placement, conditions, order, counted, is_open, has_stood, kind (see _listed.sql)
--          is_numbered (the list is of some cases only, bound as case_ids); behind a figure also figure, only_due, by_handled, counted_by (see _behind.sql)
-- params : town_id, zone, at, set_id or layer_id by placement, limit, offset, and those of the conditions; behind a figure
--          those of _behind.sql
-- returns: one row a case of which the ledger tells until :at, as it was at :at; or n; behind a figure one row for each
--          thing it counts, with happened_at
-- used by: questions cases        index: case_record_town_id_reported_at_closed_at_idx, case_span_case_id_idx; for open cases those of running
{% from 'questions/_listed.sql' import listed %}
{% set numbered = 'SELECT unnest(CAST(:case_ids AS bigint[])) AS case_id' if is_numbered else none %}
{{ listed(placement, conditions, order, counted, is_open, has_stood, kind, figure, only_due, by_handled, counted_by, numbered) }}
