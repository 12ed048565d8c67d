-- effort/patrolled: minutes and metres of patrol by grid
-- names  : level
-- params : town_id, since_on, until_on (dates, both inclusive), scope_ids (null = all)
-- returns: grid_id, minutes, metres, n_patrol_days; one row a grid that was patrolled
-- used by: questions.patrolled        index: patrol_day_pkey
{% from 'questions/_patrolled.sql' import patrolled %}
{{ patrolled(level) }}
ORDER BY 1
