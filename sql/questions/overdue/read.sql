-- overdue: the open cases whose deadline has passed
-- names  : placement, conditions, order, counted, is_open, has_stood, kind (see _listed.sql)
-- params : town_id, zone, at, set_id or layer_id by placement, limit, offset, and those of the conditions
-- returns: one row a case overdue at :at; or n
-- used by: questions overdue        index: those of running
{% from 'questions/_listed.sql' import listed %}
{{ listed(placement, conditions, order, counted, is_open, has_stood, kind) }}
