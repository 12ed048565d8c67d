-- closing_curve: the same cases as time_to_close, of which it draws the curve
-- names, params, returns: as there
-- used by: questions closing_curve        index: case_span (town_id, reported_at) of ended stretches
{% include 'questions/time_to_close/read.sql' %}
