{#
  Handovers until :at: a dispatch of a case to another unit than the one before.

  One row a handover: the columns of the table, and is_aba: it gave the case back to the unit that had just handed it on
  (A to B, and B to A), in one round: not across a closing. The caller appends conditions on h, such as AND h.at >= :since.
#}
{% macro handed() %}
SELECT
  h.case_id,
  h.at,
  h.from_unit_id,
  h.to_unit_id,
  h.lost_s,
  h.lost_work_s,
  h.reason,
  coalesce(
    h.to_unit_id = b.from_unit_id AND h.from_unit_id = b.to_unit_id
    AND NOT EXISTS (
      SELECT FROM case_span AS g
      WHERE g.case_id = h.case_id AND g.ended IS NOT NULL AND g.to_at >= b.at AND g.to_at <= h.at
    ),
    FALSE
  ) AS is_aba
FROM handover AS h
LEFT JOIN LATERAL (
  SELECT
    earlier.at,
    earlier.from_unit_id,
    earlier.to_unit_id
  FROM handover AS earlier
  WHERE earlier.case_id = h.case_id AND earlier.at < h.at
  ORDER BY earlier.at DESC
  LIMIT 1
) AS b ON TRUE
WHERE h.town_id = :town_id AND h.at <= :at
{% endmacro %}
