-- numbered: the cases of a number, or whose number begins so
-- params : town_id, number (a pattern of LIKE), most
-- returns: id; at most :most rows
-- used by: questions cases        index: case_record_source_id_case_no_key
SELECT c.id
FROM case_record AS c
WHERE
  c.source_id = ANY(ARRAY(SELECT s.id FROM source AS s WHERE s.town_id = :town_id))
  AND c.case_no LIKE :number
ORDER BY c.case_no
LIMIT :most
