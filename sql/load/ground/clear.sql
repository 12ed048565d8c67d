-- clear: what is kept of the ground of a version, before it is made anew
-- names  : table
-- params : set_id
-- returns: nothing; rows taken out of the table
-- used by: store.ground        index: primary key
DELETE FROM {{ table | identifier }}
WHERE set_id = :set_id
