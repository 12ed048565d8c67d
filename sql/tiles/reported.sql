-- reported: a tile of cases by the cells they were found in, and of those reported in whole months
-- names  : months (false = none; 'kept' = from the pyramid; 'live' = case by case, where a tile holds few), placement, conditions
-- params : cells, n (cells of all the map, and the cases found in each); of months town_id and those of the conditions, and kept:
--          kept_zoom, first_tile, next_tile (the range of the tile at that zoom), kept_bits (of a cell there, below one of the
--          tile), first_month, last_month (dates, both inclusive); live: zone, set_id or layer_id by placement, first_pixel,
--          next_pixel (the range of the tile), cell_bits (of a pixel, below a cell), begin_at, end_at (timestamptz, the end
--          excluded)
-- returns: tile (bytes, layer cases: n), n (cases in it); one row
-- used by: questions.tiles        index: tile_month_pkey; case_pixel_town_id_pixel_idx
{% from 'questions/_asked_by.sql' import asked_by, joined %}
{% from 'questions/_placed.sql' import within %}
{% from 'tiles/_cells.sql' import encoded %}
{% set counted %}
    SELECT cell, CAST(sum(n) AS integer) AS n
    FROM (
      SELECT cell, n FROM unnest(CAST(:cells AS bigint[]), CAST(:n AS integer[])) AS u(cell, n)
{% if months == 'kept' %}
      UNION ALL
      SELECT ((p.tile << 14) | u.cell) >> CAST(:kept_bits AS integer) AS cell, u.n
      FROM (
        SELECT m.*, g.path, CASE WHEN m.grid_id = -1 THEN 'outside' ELSE 'located' END AS placed
        FROM tile_month AS m
        LEFT JOIN grid AS g ON g.id = m.grid_id
        WHERE
          m.town_id = :town_id AND m.zoom = :kept_zoom AND m.tile >= :first_tile AND m.tile < :next_tile
          AND m.month_on BETWEEN :first_month AND :last_month
      ) AS p
      CROSS JOIN LATERAL unnest(p.cells, p.counts) AS u(cell, n)
      WHERE TRUE
      {{ within(conditions) }}
{% elif months == 'live' %}
      UNION ALL
      SELECT p.pixel >> CAST(:cell_bits AS integer) AS cell, 1 AS n
      FROM (
        SELECT s.pixel, {{ asked_by('s') }}
        FROM (SELECT *, nullif(facet_id, facet_id) AS unit_id, TRUE AS is_located FROM case_pixel) AS s -- nobody has it yet
        {{ joined('s', placement) }}
        WHERE
          s.town_id = :town_id AND s.pixel >= :first_pixel AND s.pixel < :next_pixel
          AND s.reported_at >= :begin_at AND s.reported_at < :end_at
      ) AS p
      WHERE TRUE
      {{ within(conditions) }}
{% endif %}
    ) AS told
    GROUP BY cell
{% endset %}
{{ encoded(counted, 'n') }}
