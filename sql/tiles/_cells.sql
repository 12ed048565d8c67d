{#
  Cells of tiles, as numbers. A pixel is the web map (EPSG:3857) cut 28 times into quarters, two bits a cut, the first cut first:
  bit 2k is bit k of the column (from the west), bit 2k + 1 bit k of the row (from the north). So a tile of zoom z is the range
  of pixels with the same first 2 z bits, and the cells of the 128 x 128 it is cut into are the next 14 bits.
#}

{# The pixel of a column and a row of the finest cut. #}
{% macro interleaved(column, row) %}
0{% for bit in range(28) %}
| ((({{ column }} >> {{ bit }}) & 1) << {{ 2 * bit }}) | ((({{ row }} >> {{ bit }}) & 1) << {{ 2 * bit + 1 }})
{% endfor %}
{% endmacro %}

{# Column and row of a point; what lies beyond the map (85.05 degrees) counts at its edge. #}
{% macro column_of(geom) %}
CAST(least(greatest(floor((ST_X({{ geom }}) + 180) / 360 * 268435456), 0), 268435455) AS bigint)
{%- endmacro %}

{% macro row_of(geom) %}
CAST(least(greatest(floor(
  (1 - asinh(tan(radians(least(greatest(ST_Y({{ geom }}), -89.9), 89.9)))) / pi()) / 2 * 268435456
), 0), 268435455) AS bigint)
{%- endmacro %}

{# The middle of a cell in the units of a tile (4,096 a side), from the number of the cell in the tile. #}
{% macro middle(cell) %}
ST_MakePoint(
  32 * ({% for bit in range(7) %}(({{ cell }} >> {{ bit }}) & {{ 2 ** bit }}){{ ' | ' if not loop.last }}{% endfor %}) + 16,
  32 * ({% for bit in range(7) %}(({{ cell }} >> {{ bit + 1 }}) & {{ 2 ** bit }}){{ ' | ' if not loop.last }}{% endfor %}) + 16
)
{%- endmacro %}

{#
  A tile out of cells: what ST_AsMVT makes of them, one point in the middle of each cell, layer 'cases'.

  counted  fragment: the rows of cells, each with cell (of all the map, cut :z + 7 times) and the counts, integers; a count
           that is null is left out of its point, which keeps tiles small
  counts   their names, n first
#}
{% macro encoded(counted, counts) %}
SELECT
  coalesce(ST_AsMVT(point, 'cases', 4096, 'geom'), '') AS tile,
  coalesce(sum(n), 0) AS n
FROM (
  SELECT
    {{ counts }},
    {{ middle('CAST(cell & 16383 AS integer)') }} AS geom
  FROM (
    {{ counted }}
  ) AS counted
  ORDER BY cell
) AS point
{% endmacro %}
