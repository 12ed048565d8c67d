"""place_history, passed_by, responsible: what stands around one case."""

from datetime import datetime, timedelta
from typing import Final

import geopandas as gpd
import pandas as pd

from gridgov.process import EVENTS
from gridgov.questions.asking import Asked, followed
from gridgov.questions.one_case import one_case
from gridgov.questions.watched import known_since
from gridgov.store.database import frame, with_geometry
from gridgov.vocabulary import RELATIONS, Lang

BACK: Final = timedelta(days=365)
"""How far back the history of a place goes."""

BEFORE: Final = timedelta(hours=24)
"""How long before the report of a case patrols near it are told of."""

LANGS: Final[tuple[Lang, ...]] = ("zh", "en")


def read_place(asked: Asked) -> gpd.GeoDataFrame:
    """One row a case at the place, the latest first; meta `metres` and how many there are of each of RELATIONS.

    Raises QuestionError as `one_case` does.
    """
    one_case(asked)
    rules = followed(asked.connection, asked.town)
    asked.values |= {"since": asked.when.at - BACK, "metres": rules.repeats.metres}
    rows = with_geometry(asked.read())
    asked.meta |= {
        "metres": rules.repeats.metres,
        **{f"n_{word}": int((rows["relation"] == word).sum()) for word in RELATIONS},
    }
    return rows


def read_passed(asked: Asked) -> pd.DataFrame:
    """One row a patrol that came near, from BEFORE the report until the case ended (or as_of), in time order.

    It says when it was nearest, and how near; who it was is not told.

    Meta: `n_before` and `n_after` (the report), `metres` (what counts as near), `since`, `until` (instants), `known_since` (the
    first day of which tracks tell, null = none do), `has_place`, `last_before_at` and `n_unkept` (sessions of the time whose
    tracks are no longer kept).
    """
    case = one_case(asked)
    radius_m = followed(asked.connection, asked.town, "patrols").patrol.radius_m
    since = datetime.fromisoformat(case["reported_at"]) - BEFORE
    asked.values |= {"since": since, "metres": radius_m}
    kept = frame(asked.connection, "questions/passed_by/kept", asked.values).iloc[0]
    first, last_before = known_since(asked), kept["last_before_at"]
    until = asked.when.at if pd.isna(kept["ended_at"]) else kept["ended_at"].to_pydatetime()
    asked.values["until"] = until
    rows = asked.read()
    asked.meta |= {
        "metres": radius_m, "since": since.isoformat(), "until": until.isoformat(),
        "known_since": None if first is None else first.isoformat(), "has_place": bool(kept["has_place"]),
        "last_before_at": None if pd.isna(last_before) else last_before.isoformat(), "n_unkept": int(kept["n_unkept"]),
    }  # fmt: skip
    is_before = rows["passed_at"] < pd.Timestamp(case["reported_at"])
    asked.meta |= {"n_before": int(is_before.sum()), "n_after": int((~is_before).sum())}
    return rows.assign(is_before=is_before)


def read_responsible(asked: Asked) -> pd.DataFrame:
    """One row a statement that names a unit, the catalogue first; meta `unit` (who answers at as_of), `named_by` (its basis)."""
    one_case(asked)
    rows = asked.read()
    answers = rows.pop("answers").dropna()
    named = rows.loc[rows["is_now"].astype(bool), "basis"]
    asked.meta |= {
        "unit": answers.iloc[0] if len(answers) else None,
        "named_by": named.iloc[-1] if len(named) else None,
    }
    words = [EVENTS.get(event) for event in rows["event"]]
    told = {f"event_{lang}": pd.Series([word and word.label(lang) for word in words], dtype=object) for lang in LANGS}
    return rows.assign(**told)
