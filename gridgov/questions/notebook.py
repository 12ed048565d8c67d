"""A map of patrols for notebooks: `gridgov.patrol_map(gridgov.open("xiake"), days=7)`."""

from datetime import date, timedelta
from typing import TYPE_CHECKING

from gridgov.errors import GridgovError
from gridgov.questions.rows import credit
from gridgov.questions.town import Town
from gridgov.vocabulary import Lang, label

if TYPE_CHECKING:
    import folium


def patrol_map(
    town: Town,
    *,
    by: str = "grid",
    scope: str | None = None,
    as_of: date | str | None = None,
    days: int = 7,
    sessions: bool = False,
    lang: Lang = "en",
) -> "folium.Map":
    """Coverage of `days` days up to as_of (the last with tracks), with blind spots and checkpoints missed as layers.

    by        level of the grids that are coloured
    scope     code of a grid: it and all below; None = the whole town
    sessions  the lines of these days too, without whose they are; of a large town that is much to draw
    raises    QuestionError, UnknownScope, StoreError; GridgovError where folium is not installed
    """
    try:
        from gridgov.figures.travelling import patrol_map as drawn
    except ImportError as error:
        raise GridgovError(
            f"The map needs the package '{error.name}', which is not installed: pip install 'gridgov[planner]'."
        ) from error
    missed = town.ask("checkpoints_missed", scope=scope, as_of=as_of, limit=1_000)
    until = date.fromisoformat(missed.as_of[:10])
    since = until - timedelta(days - 1)
    coverage = town.ask("coverage", by=by, scope=scope, as_of=as_of, since=since)
    lines = town.ask("patrol_sessions", scope=scope, as_of=as_of, since=since, limit=2_000) if sessions else None
    about = town.about()
    name = (about.name_zh if lang == "zh" else None) or about.name
    return drawn(
        coverage.frame,
        blind_spots=town.ask("blind_spots", scope=scope, as_of=as_of, limit=500).frame,
        checkpoints=missed.frame,
        sessions=None if lines is None else lines.frame,
        base=town.base_map(),
        credit=credit(lang),
        title=f"{name} · {since} – {until} · {label('as_of', lang)} {coverage.as_of}",
        lang=lang,
    )
