-- roster/days: the latest day of which a roster of a layer is known
-- params : layer_id, on (local date of the instant)
-- returns: held_on (null = there is none); one row
-- used by: questions roster, hierarchy        index: roster_day_pkey
SELECT max(held_on) AS held_on FROM roster_day WHERE layer_id = :layer_id AND held_on <= :on
