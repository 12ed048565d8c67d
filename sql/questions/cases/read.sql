-- cases: the list of cases
-- names  : placement, conditions, order, counted, is_open, has_stood, kind (see _listed.sql)
-- params : town_id, zone, at, set_id or layer_id by placement, limit, offset, and those of the conditions
-- returns: one row a case of which the ledger tells until :at, as it was at :at; or n
-- used by: questions cases        index: case_record_town_id_reported_at_closed_at_idx, case_span_case_id_idx; for open cases those of running
{% from 'questions/_listed.sql' import listed %}
{{ listed(placement, conditions, order, counted, is_open, has_stood, kind) }}
