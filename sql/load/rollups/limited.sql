-- limited: the limits of items, as a table that is looked up by item
-- params : town_id
-- returns: temporary table limited: item_id, limit_value, limit_unit
-- used by: store.rollups, before follow
{% from 'load/rollups/_limits.sql' import limits %}
CREATE TEMPORARY TABLE limited ON COMMIT DROP AS
{{ limits() }}
