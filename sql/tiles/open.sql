-- open: a tile of open cases by their lights, of what was counted in its cells
-- params : cells (cells of all the map that hold any), n, overdue, yellow, grey (counts in each, as long; the rest of n is green)
-- returns: tile (bytes, layer cases: n, overdue, yellow, grey; a count of 0 is left out), n (cases in it); one row
-- used by: questions.tiles        index: none
{% from 'tiles/_cells.sql' import encoded %}
{% set counted %}
    SELECT
      cell,
      n,
      nullif(overdue, 0) AS overdue,
      nullif(yellow, 0) AS yellow,
      nullif(grey, 0) AS grey
    FROM unnest(
      CAST(:cells AS bigint[]), CAST(:n AS integer[]), CAST(:overdue AS integer[]), CAST(:yellow AS integer[]), CAST(:grey AS integer[])
    ) AS u (cell, n, overdue, yellow, grey)
{% endset %}
{{ encoded(counted, 'n, overdue, yellow, grey') }}
