-- integrity/evidence: the latest cases behind a finding
-- names  : placement, keys, conditions, gone_on, indicator, within_s, room_s
-- params : as read.sql; found (values of the first key, as text), n_shown
-- returns: found (the value of the first key), case_no, to_at; the latest n_shown cases of each, one row a case
-- used by: questions integrity        index: as read.sql
{% from 'questions/integrity/_measured.sql' import measured %}
WITH m AS (
  {{ measured(placement, keys, conditions, gone_on) }}
), hits AS (
  SELECT
    CAST({{ keys[0][0] }} AS text) AS found,
    case_no,
    to_at,
    row_number() OVER (PARTITION BY {{ keys[0][0] }} ORDER BY to_at DESC, case_no) AS place
  FROM m
  WHERE {{ indicator }}_s <= {{ within_s }} AND granted_s >= {{ room_s }}
)
SELECT found, case_no, to_at
FROM hits
WHERE found = ANY(CAST(:found AS text[])) AND place <= :n_shown
ORDER BY found, to_at DESC, case_no
