"""patrol_integrity: what in tracks asks for a look: a review list with evidence and innocent reasons, never a verdict."""

import tomllib
from collections.abc import Mapping
from datetime import timedelta
from functools import lru_cache
from typing import Final

import numpy as np
import pandas as pd
from pydantic import BaseModel, ConfigDict

from gridgov.analytics.outliers import scores
from gridgov.analytics.patrol.integrity import Limits, alike
from gridgov.errors import QuestionError
from gridgov.questions.asking import Asked
from gridgov.questions.periods import take_period
from gridgov.questions.persons import require_person
from gridgov.questions.rates import N_MIN
from gridgov.resources import resource
from gridgov.rules import PatrolIntegrity
from gridgov.store.database import frame
from gridgov.store.findings import sketches
from gridgov.store.rulebook import patrol_rules_of

_SHOWN: Final = 5
_BACK: Final = timedelta(days=29)
_SOON_MIN: Final = 10
_FAR_ABOVE: Final = 3.09  # 99.8 % of groups lie below by chance
_FOUND: Final = ["kind", "tracker_id", "worker_id", "day_on", "measure", "is_strict", "evidence"]


class Kind(BaseModel):
    """A kind of finding, as data/patrol_integrity.toml explains it."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    code: str
    zh: str
    en: str
    measure_zh: str
    measure_en: str
    strict_zh: str
    strict_en: str
    innocent_zh: str
    innocent_en: str


@lru_cache(maxsize=1)
def kinds() -> Mapping[str, Kind]:
    """The kinds of data/patrol_integrity.toml, by code."""
    rows = tomllib.loads(resource("data", "patrol_integrity.toml").read_text("utf-8"))["kind"]
    return {row["code"]: Kind.model_validate(row) for row in rows}


def read(asked: Asked) -> pd.DataFrame:
    """One row a kind and device with its person (by="worker", with the person role), or a kind and grid; most days
    first. Without `since` the last 30 days.

    n of n_of days (of `far` and `clock`: reports), n_strict at twice as strict a threshold, the median measure, evidence.
    Raises QuestionError when asked by anything but the worker, the device or a level of grids.
    """
    names = {key.name for key in asked.keys if key.level is None}
    if names - {"worker", "device"} or len(asked.keys) > 1:
        raise QuestionError(
            "'patrol_integrity' is asked by a level of grids, or, by reviewers only, by worker or device."
        )
    if names:
        require_person(asked, "A list by worker or device")
    take_period(asked, back=_BACK)
    said = patrol_rules_of(asked.connection, asked.town.id).patrol.integrity
    assert asked.since is not None  # noqa: S101  take_period has settled it
    asked.values |= {"n_min": N_MIN, "earliest_on": asked.since - timedelta(said.replay_days)}
    out = _sql(asked, "out")
    if "scope_ids" in asked.values:
        out = out[out["grid_id"].isin(_within(asked))]
    parts = [_written(asked, said), _replays(asked, said), _far(asked, said), _clock(asked, said), _silent(out, said)]
    found = pd.concat([part for part in parts if len(part)] or parts, ignore_index=True)
    asked.meta["kinds"] = {
        each.code: {"measure": each.measure_en, "strict": each.strict_en} for each in kinds().values()
    }
    asked.meta["thresholds"] = said.model_dump()
    return _listed(asked, found[found["worker_id"].isin(out["worker_id"])], out, said)


# ---- what is found, a row a day --------------------------------------------------------------------------------------


def _written(asked: Asked, said: PatrolIntegrity) -> pd.DataFrame:
    """What the loads wrote with the days."""
    rows = _sql(asked, "found")
    measure, n = rows["measure"].astype(float), rows["n"].astype(float)
    strict = {
        "driving": measure >= 2 * said.drive_min, "standing": measure <= said.stand_m / 2, "jumping": n >= 2 * said.jump_n,
        "steady": measure <= said.steady_cv / 2, "shared": measure < _SOON_MIN,
    }  # fmt: skip
    is_strict = np.zeros(len(rows), np.bool_)
    for kind, holds in strict.items():
        is_strict |= ((rows["kind"] == kind) & holds).to_numpy(np.bool_)
    return rows.assign(is_strict=is_strict, evidence=_days(rows["begin_at"], asked))[_FOUND]


def _replays(asked: Asked, said: PatrolIntegrity) -> pd.DataFrame:
    """Sessions that go through the very places of one of the days before."""
    rows = _sql(asked, "shapes")
    if rows.empty:
        return pd.DataFrame(columns=_FOUND)
    day = pd.to_datetime(rows["day_on"]).to_numpy("datetime64[D]").astype(np.int64)
    like = alike(rows["tracker_id"].to_numpy(np.int64), day, sketches(rows), Limits(shape_share=said.shape_share))
    found, earlier = rows.iloc[like["row"]].reset_index(drop=True), rows.iloc[like["earlier"]].reset_index(drop=True)
    found["measure"] = like["share"].to_numpy()
    found["evidence"] = _days(found["begin_at"], asked) + " = " + _days(earlier["begin_at"], asked)
    is_asked = pd.to_datetime(found["day_on"]) >= pd.Timestamp(asked.since)
    found = found[is_asked & ((day[like["row"]] - day[like["earlier"]]) <= said.replay_days)]
    return found.assign(kind="replay", is_strict=found["measure"] >= min(1, 2 * said.shape_share))[_FOUND]


def _far(asked: Asked, said: PatrolIntegrity) -> pd.DataFrame:
    """Reports from elsewhere, of workers who make them far more often than the others do."""
    rows = _sql(asked, "far")
    rows = rows.assign(is_far=rows["measure"].astype(float) > said.far_m)
    of = rows.groupby("worker_id")["is_far"].agg(["sum", "size"])
    with np.errstate(invalid="ignore"):
        often = of.index[(scores(of["sum"].to_numpy(), of["size"].to_numpy()) > _FAR_ABOVE) & (of["size"] >= N_MIN)]
    rows = rows[rows["is_far"] & rows["worker_id"].isin(often)]
    return rows.assign(kind="far", is_strict=rows["measure"] >= 2 * said.far_m, evidence=rows["case_no"])[_FOUND]


def _clock(asked: Asked, said: PatrolIntegrity) -> pd.DataFrame:
    """Reporters of whom even the quickest answers come late, or before the report."""
    rows = _sql(asked, "clock")
    minutes = (rows["quick_s"].astype(float) - rows["quick_s"].astype(float).median()) / 60
    rows = rows.assign(measure=minutes, is_strict=minutes.abs() >= 2 * said.clock_min)[minutes.abs() >= said.clock_min]
    told = [", ".join(each) for each in rows["case_nos"]]
    return rows.assign(kind="clock", tracker_id=-1, day_on=None, evidence=told)[_FOUND]


def _silent(out: pd.DataFrame, said: PatrolIntegrity) -> pd.DataFrame:
    """Devices without a position for long, counted in days on which at least half of those of their source were out."""
    found = []
    for _, rows in out.groupby("source_id"):
        devices = rows.drop_duplicates(["tracker_id", "day_on"])
        there = devices.groupby("day_on")["tracker_id"].size()
        days = sorted(there[there >= devices["tracker_id"].nunique() / 2].index)
        place = devices["day_on"].map({day: k for k, day in enumerate(days)})
        for tracker, own in place.dropna().astype(int).groupby(devices["tracker_id"]):
            seen = np.sort(np.concatenate([[-1], own.to_numpy(), [len(days)]]))
            gap = int(np.argmax(np.diff(seen)))
            run = int(seen[gap + 1] - seen[gap] - 1)
            if run >= said.silent_days:
                worker = int(devices.loc[devices["tracker_id"] == tracker, "worker_id"].iloc[-1])
                told = f"{days[seen[gap] + 1]} - {days[seen[gap + 1] - 1]}"
                found.append(("silent", tracker, worker, days[seen[gap] + 1], run, run >= 2 * said.silent_days, told))
    return pd.DataFrame(found, columns=_FOUND)


# ---- the list --------------------------------------------------------------------------------------------------------


def _listed(asked: Asked, found: pd.DataFrame, out: pd.DataFrame, said: PatrolIntegrity) -> pd.DataFrame:
    """Who is found often enough, by what the list is asked by."""
    groups = found.assign(unit=found["evidence"].where(found["kind"] == "far", found["day_on"].astype(str)))
    times = groups.groupby(["kind", "worker_id"])["unit"].transform("nunique")
    found = found[(times >= said.least_days) | found["kind"].isin(("clock", "silent"))].reset_index(drop=True)
    grid = out.dropna(subset="grid_id").groupby(["worker_id", "grid_id"]).size().reset_index(name="n")
    grid = (
        grid.sort_values(["n", "grid_id"], ascending=[False, True]).drop_duplicates("worker_id").set_index("worker_id")
    )
    named = out.drop_duplicates("worker_id", keep="last").set_index("worker_id")
    found["grid_id"] = found["worker_id"].map(grid["grid_id"])
    found["worker"], found["device"] = found["worker_id"].map(named["worker"]), found["worker_id"].map(named["device"])
    people = any(key.level is None for key in asked.keys)
    keys = ["worker", "device"] if people else ["grid_code"]
    found, out = _placed(asked, found), _placed(asked, out)
    days = out.drop_duplicates([*keys, "day_on"]).groupby(keys, dropna=False).size()
    rows = []
    for (kind, *key), part in found.groupby(["kind", *keys], dropna=False):
        counted = part if kind == "far" else part.drop_duplicates("day_on")
        known = kinds()[kind]
        rows.append(
            {
                "finding": kind, "finding_zh": known.zh, "finding_en": known.en, "grid_code": part["grid_code"].iloc[0],
                **dict(zip(keys, key, strict=True)),
                "n_people": part["worker_id"].nunique(), "n_found": len(counted),
                "n_strict": int(counted["is_strict"].sum()),
                "n_days_out": int(days.get(key[0] if len(key) == 1 else tuple(key), 0)),
                "measured": float(counted["measure"].astype(float).median()), "first_found_on": counted["day_on"].min(),
                "last_found_on": counted["day_on"].max(), "evidence": list(part["evidence"].dropna())[-_SHOWN:],
                "innocent_zh": known.innocent_zh, "innocent_en": known.innocent_en,
            }
        )  # fmt: skip
    table = pd.DataFrame(rows, columns=list(asked.definition.columns))
    return table.sort_values(["n_strict", "n_found", "finding"], ascending=[False, False, True], ignore_index=True)


def _placed(asked: Asked, rows: pd.DataFrame) -> pd.DataFrame:
    """The rows with the code of their grid on the level asked by (without one, of the finest)."""
    ids = {"ids": [int(i) for i in rows["grid_id"].dropna().unique()], "level": asked.level}
    names = frame(asked.connection, "questions/patrol_integrity/above", ids).set_index("id")["code"]
    return rows.assign(grid_code=rows["grid_id"].map(names))


def _within(asked: Asked) -> list[int]:
    ids = {"scope_ids": asked.values["scope_ids"]}
    return list(frame(asked.connection, "questions/patrol_integrity/below", ids)["id"])


def _sql(asked: Asked, name: str) -> pd.DataFrame:
    return frame(asked.connection, f"questions/patrol_integrity/{name}", asked.values)


def _days(instants: pd.Series, asked: Asked) -> pd.Series:
    """Instants as people of the town read them."""
    local = pd.to_datetime(instants, utc=True).dt.tz_convert(asked.town.time_zone)
    return local.dt.strftime("%Y-%m-%d %H:%M")
