-- chosen: the cases to compare after a load: those of `paired` and `watched`, and what may be the first report after a closing
-- params : town_id, days
-- returns: temporary table chosen: case_id, is_paired, is_watched
-- used by: store.links, after paired, watched and sought_after        index: case_span_case_id_idx, case_record_place_idx,
--          closing_case_id_idx
-- After the closing of an unsettled case that is whatever was reported near; after that of another only what came first so
-- far, and those touched.
{% from 'load/links/_places.sql' import place %}
CREATE TEMPORARY TABLE chosen ON COMMIT DROP AS
SELECT
  case_id,
  bool_or(is_paired) AS is_paired,
  bool_or(is_watched) AS is_watched
FROM (
  SELECT case_id, TRUE AS is_paired, FALSE AS is_watched FROM paired
  UNION ALL
  SELECT case_id, FALSE, TRUE FROM watched
  UNION ALL
  SELECT case_id, FALSE, FALSE FROM linked
  UNION ALL
  SELECT k.next_id, FALSE, FALSE
  FROM watched AS w
  JOIN closing AS k ON k.case_id = w.case_id
  WHERE k.next_id IS NOT NULL
  UNION ALL
  SELECT o.id, FALSE, FALSE
  FROM sought_after AS s
  JOIN case_span AS e ON e.case_id = s.case_id AND e.ended IN ('closed', 'forced_closed')
  -- OFFSET 0: one look into the index for each closing, however few cases the planner thinks there are.
  CROSS JOIN LATERAL (
    SELECT c.id
    FROM case_record AS c
    WHERE
      c.town_id = :town_id AND c.item_id = s.item_id AND {{ place('c') }} = s.place
      AND c.reported_at >= e.to_at AND c.reported_at <= e.to_at + :days * INTERVAL '24 hours'
      AND c.reported_at < coalesce(e.next_at, 'infinity')
    OFFSET 0
  ) AS o
) AS found
GROUP BY case_id
