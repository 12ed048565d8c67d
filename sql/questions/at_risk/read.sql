-- at_risk: the open cases that will soon be overdue
-- names  : placement, conditions, order, counted, is_open, has_stood, kind (see _listed.sql)
-- params : town_id, zone, at, set_id or layer_id by placement, limit, offset, and those of the conditions
-- returns: one row a case open at :at with as much of its time used as the rules say, and not overdue; or n
-- used by: questions at_risk        index: those of running
{% from 'questions/_listed.sql' import listed %}
{{ listed(placement, conditions, order, counted, is_open, has_stood, kind) }}
