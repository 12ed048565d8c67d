{#
  What a question is grouped by, said once: the first day of the period an instant lies in, if asked by periods, then the
  keys. `chosen` names them with their expressions, `again` by name, `grouped` groups and orders by them (having: which groups
  are kept).

  period   the kind of period asked by, or None        keys     list of [name, expression] on the alias p
#}
{% from 'questions/_periods.sql' import period_of %}
{% macro chosen(period, instant, keys) %}{% if period %}{{ period_of(instant) }} AS period_on, {% endif %}{#
#}{% for name, expression in keys %}{{ expression }} AS {{ name }}, {% endfor %}{% endmacro %}

{% macro again(period, keys) %}{% if period %}period_on, {% endif %}{#
#}{% for name, expression in keys %}{{ name }}, {% endfor %}{% endmacro %}

{% macro grouped(period, keys, having=None) %}{% set places = range(1, 1 + keys | length + (1 if period else 0)) | join(', ') %}{#
#}{% if places %}GROUP BY {{ places }}{{ ' HAVING ' ~ having if having }} ORDER BY {{ places }}{% endif %}{% endmacro %}
