-- suspended: the cases in 挂账 or 缓办
-- names  : placement, conditions, order, counted, is_open, has_stood, kind (see _listed.sql)
-- params : town_id, zone, at, set_id or layer_id by placement, limit, offset, and those of the conditions
-- returns: one row a case whose stage at :at is suspended or deferred; or n
-- used by: questions suspended        index: those of running, case_span_case_id_idx
{% from 'questions/_listed.sql' import listed %}
{{ listed(placement, conditions, order, counted, is_open, has_stood, kind) }}
