-- rule_text: the rules of the clocks that a town's rows follow
-- params : town_id        returns: text; one row, or none before the first load        used by: questions.outcomes
SELECT text
FROM rule_set
WHERE town_id = :town_id
