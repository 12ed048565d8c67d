-- integrity: how often groups of cases do what the indicators look for, at three thresholds
-- names  : placement, keys, conditions, gone_on (see _measured.sql), looks (list of [column, indicator, threshold in seconds, shortest limit in seconds])
-- params : town_id, zone, since, until (timestamptz, until excluded), at, month_begins; and those of the conditions
-- returns: the keys; <column> (cases that do) and <column>_of (cases it applies to) of each look; one row a group
-- used by: questions integrity        index: that of _spanned.sql on to_at, case_fact_pkey
{% from 'questions/integrity/_measured.sql' import measured %}
WITH m AS (
  {{ measured(placement, keys, conditions, gone_on) }}
)
SELECT
  {% for name, expression in keys %}
  {{ name }},
  {% endfor %}
  {% for column, indicator, within_s, room_s in looks %}
  count(*) FILTER (WHERE {{ indicator }}_s <= {{ within_s }} AND granted_s >= {{ room_s }}) AS {{ column }},
  count({{ indicator }}_s) FILTER (WHERE granted_s >= {{ room_s }}) AS {{ column }}_of{{ ',' if not loop.last }}
  {% endfor %}
FROM m
GROUP BY {% for name, expression in keys %}{{ loop.index }}{{ ', ' if not loop.last }}{% endfor %}
