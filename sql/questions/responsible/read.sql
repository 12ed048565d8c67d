-- responsible: what names a unit for a case: what came with it, each dispatch, and the town's catalogue of items
-- params : town_id, at, case_id
-- returns: basis (case, event, catalogue), at, event, unit, is_now (it is the one that answers at :at, or answered last), reason,
--          item_code, condition, owner_text, limit_text, valid_from; one row for each statement, the catalogue first, then in
--          the order of the ledger
-- used by: questions responsible        index: case_event_case_id_at_idx, case_span_case_id_idx
WITH answers AS (
  SELECT s.unit_id
  FROM case_span AS s
  WHERE s.case_id = :case_id AND s.from_at <= :at
  ORDER BY s.from_at DESC, s.to_at DESC NULLS FIRST
  LIMIT 1
), me AS (
  SELECT
    c.id,
    c.unit_id,
    c.reported_at,
    i.category,
    i.name,
    g.path
  FROM case_record AS c
  LEFT JOIN item AS i ON i.id = c.item_id
  LEFT JOIN grid AS g ON g.id = c.grid_id
  WHERE c.id = :case_id
), newest AS (
  SELECT i.version
  FROM item AS i
  WHERE i.town_id = :town_id AND i.scope = 'town'
  ORDER BY i.valid_from DESC NULLS LAST, i.version DESC
  LIMIT 1
), ruled AS (
  -- The catalogue names a unit, or a kind of unit: then it is the one whose territory the case lies in.
  SELECT
    said.*,
    coalesce(
      said.owner_id,
      (
        SELECT min(u.id)
        FROM unit AS u
        WHERE
          u.town_id = :town_id AND u.kind = said.owner_text
          AND u.territory && ARRAY(SELECT g.code FROM grid AS g WHERE g.id = ANY(me.path))
      )
    ) AS unit_id
  FROM me
  JOIN item AS said
    ON said.town_id = :town_id AND said.scope = 'town' AND said.category = me.category AND said.name = me.name
  JOIN newest ON newest.version = said.version
), statements AS (
  SELECT
    1 AS place,
    'catalogue' AS basis,
    CAST(NULL AS timestamptz) AS at,
    CAST(NULL AS real) AS seq,
    CAST(NULL AS text) AS event,
    r.unit_id,
    CAST(NULL AS text) AS reason,
    r.code AS item_code,
    nullif(r.condition, '') AS condition,
    r.owner_text,
    r.limit_text,
    r.valid_from
  FROM ruled AS r
  UNION ALL
  SELECT 2, 'case', me.reported_at, NULL, NULL, me.unit_id, NULL, NULL, NULL, NULL, NULL, NULL
  FROM me
  WHERE me.unit_id IS NOT NULL AND me.reported_at <= :at
  UNION ALL
  SELECT 3, 'event', e.at, e.seq, e.event, e.unit_id, e.reason, NULL, NULL, NULL, NULL, NULL
  FROM case_event AS e
  WHERE
    e.case_id = :case_id AND e.at <= :at AND e.retired_run_id IS NULL AND e.unit_id IS NOT NULL
    AND (
      e.event = 'dispatched'
      OR NOT EXISTS (
        SELECT FROM case_event AS d
        WHERE d.case_id = :case_id AND d.at <= :at AND d.retired_run_id IS NULL AND d.event = 'dispatched'
      )
    )
)
SELECT
  t.basis,
  t.at,
  t.event,
  u.name AS unit,
  coalesce(t.unit_id = (SELECT a.unit_id FROM answers AS a), FALSE) AS is_now,
  t.reason,
  t.item_code,
  t.condition,
  t.owner_text,
  t.limit_text,
  t.valid_from,
  (SELECT now.name FROM unit AS now WHERE now.id = (SELECT a.unit_id FROM answers AS a)) AS answers
FROM statements AS t
LEFT JOIN unit AS u ON u.id = t.unit_id
ORDER BY t.place, t.at, t.seq, t.condition
