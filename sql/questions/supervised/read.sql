-- supervised: the cases that were urged, given a card or instructed by a leader in a period, and what became of them
-- names  : placement, given (conditions on what was given), conditions (on what became of it), order, counted
-- params : town_id, zone, since, until (timestamptz, until excluded), at, set_id or layer_id by placement, limit, offset; and
--          those of the conditions
-- returns: one row a case as it was at :at, with the columns of _supervised.sql; or n
-- used by: questions supervised        index: that of _stepped.sql, case_span_case_id_idx
{% from 'questions/_listed.sql' import listed %}
{% from 'questions/_supervised.sql' import supervised %}
{{ listed(
  placement, conditions, order, counted, False, True, None,
  among=supervised(placement, None, [], given),
  told=['reply', 'given_at', 'last_given_at', 'given_unit', 'n_urged', 'n_yellow_card', 'n_red_card', 'n_instructed']
) }}
