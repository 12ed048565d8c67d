-- ledgers: the standing ledgers of the cases followed, in parts of whole cases, as arrays
-- params : events, states (codes in the order of their numbers), steps (the events whose texts are kept)
-- returns: part, place (of the case), at, seq, code (1 where a flat row tells it + 2 * (number + 1): of the event, or of the
--          state where a flat row tells it), due_at, unit_id, actor, reason, rating (fingerprints of the texts, not
--          negative; -1 = none), texts (JSON: fingerprint and text of the reasons and ratings of steps); one row a part, its
--          events in no order: sorting them here would cost more than all the rest
-- used by: store.rollups        index: case_event_case_id_at_idx
SELECT
  part,
  array_agg(place) AS place,
  array_agg(at) AS at,
  array_agg(seq) AS seq,
  array_agg(code) AS code,
  array_agg(due_at) AS due_at,
  array_agg(unit_id) AS unit_id,
  array_agg(actor) AS actor,
  array_agg(reason) AS reason,
  array_agg(rating) AS rating,
  CAST(
    coalesce(jsonb_object_agg(reason, reason_text) FILTER (WHERE reason_text IS NOT NULL), '{}')
    || coalesce(jsonb_object_agg(rating, rating_text) FILTER (WHERE rating_text IS NOT NULL), '{}') AS text
  ) AS texts
FROM (
  SELECT
    f.part,
    f.place,
    e.at,
    e.seq,
    CASE e.basis
      WHEN 'row' THEN 1 + 2 * coalesce(array_position(CAST(:states AS text[]), e.event), 0)
      ELSE 2 * coalesce(array_position(CAST(:events AS text[]), e.event), 0)
    END AS code,
    coalesce(e.due_at, '-infinity') AS due_at,
    coalesce(e.unit_id, -1) AS unit_id,
    coalesce(hashtextextended(e.actor, 0) & 9223372036854775807, -1) AS actor,
    coalesce(hashtextextended(e.reason, 0) & 9223372036854775807, -1) AS reason,
    coalesce(hashtextextended(e.detail ->> 'rating', 0) & 9223372036854775807, -1) AS rating,
    CASE WHEN e.event = ANY(CAST(:steps AS text[])) THEN e.reason END AS reason_text,
    CASE WHEN e.event = ANY(CAST(:steps AS text[])) THEN e.detail ->> 'rating' END AS rating_text
  FROM followed AS f
  JOIN case_event AS e ON e.case_id = f.case_id
  WHERE e.retired_run_id IS NULL
  ORDER BY f.part
) AS told
GROUP BY part
ORDER BY part
