-- repoint: what refers to one unit (or line) refers to another from now on: both were the same under two words
-- names  : referring (table), field (its column)
-- params : old, new
-- returns: nothing
-- used by: store.registers        index: none; it happens once for a word, with the first register
UPDATE {{ referring | identifier }} SET {{ field | identifier }} = :new WHERE {{ field | identifier }} = :old
