"""patrol_integrity: what in tracks asks for a look: a review list with evidence and innocent reasons, never a verdict."""

import tomllib
from collections.abc import Mapping
from datetime import date, timedelta
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd
from pydantic import BaseModel, ConfigDict

from gridgov.analytics.outliers import scores
from gridgov.analytics.periods import day_numbers
from gridgov.analytics.rates import N_MIN
from gridgov.errors import QuestionError
from gridgov.questions.asking import Asked
from gridgov.questions.periods import take_period
from gridgov.questions.persons import require_person, sees_persons
from gridgov.resources import resource
from gridgov.rules import PatrolIntegrity
from gridgov.store.copying import packed_row
from gridgov.store.database import frame
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
    asked.values |= {"n_min": N_MIN, "far_m": said.far_m}
    out = _out(asked)
    if "scope_ids" in asked.values:
        out = out[out["grid_id"].isin(_within(asked))]
    parts = [_written(asked, said), _far(asked, said), _clock(asked, said), _silent(out, said, _first_days(asked))]
    found = pd.concat([part for part in parts if len(part)] or parts, ignore_index=True)
    asked.meta["kinds"] = {
        each.code: {"measure": each.measure_en, "strict": each.strict_en} for each in kinds().values()
    }
    asked.meta["thresholds"] = said.model_dump()
    return _listed(asked, found[found["worker_id"].isin(out["worker_id"].unique())], out, said)


def _out(asked: Asked) -> pd.DataFrame:
    """Who was on the way when: worker_id, tracker_id, source_id, day (since 1970-01-01), grid_id (-1 = in none)."""
    values = {name: asked.values[name] for name in ("town_id", "since_on", "until_on")}
    columns = packed_row(asked.connection, "questions/patrol_integrity/out", values)
    names = ("worker_id", "tracker_id", "source_id", "day", "grid_id")
    return pd.DataFrame({name: np.asarray(held, np.int64) for name, held in zip(names, columns, strict=True)})


# ---- what is found, a row a day --------------------------------------------------------------------------------------


def _written(asked: Asked, said: PatrolIntegrity) -> pd.DataFrame:
    """What the loads wrote with the days."""
    rows = _sql(asked, "found")
    measure, n = rows["measure"].astype(float), rows["n"].astype(float)
    strict = {
        "driving": measure >= 2 * said.drive_min, "standing": measure <= said.stand_m / 2, "jumping": n >= 2 * said.jump_n,
        "steady": measure <= said.steady_cv / 2, "shared": measure < _SOON_MIN,
    }  # fmt: skip
    strict["replay"] = measure >= min(1, 2 * said.shape_share)
    is_strict = np.zeros(len(rows), np.bool_)
    for kind, holds in strict.items():
        is_strict |= ((rows["kind"] == kind) & holds).to_numpy(np.bool_)
    evidence = _days(rows["begin_at"], asked)
    evidence = evidence.where(rows["kind"] != "replay", evidence + " = " + _days(rows["earlier_at"], asked))
    return rows.assign(is_strict=is_strict, evidence=evidence)[_FOUND]


def _far(asked: Asked, said: PatrolIntegrity) -> pd.DataFrame:
    """Reports from elsewhere, of workers who make them far more often than the others do."""
    of = _sql(asked, "far")
    with np.errstate(invalid="ignore"):
        often = (scores(of["n_far"].to_numpy(), of["n"].to_numpy()) > _FAR_ABOVE) & (of["n"] >= N_MIN).to_numpy()
    told = ["tracker_ids", "reported_ats", "case_nos", "metres"]
    rows = of[often & (of["n_far"] > 0).to_numpy()].explode(told)
    if rows.empty:
        return pd.DataFrame(columns=_FOUND)
    at = pd.to_datetime(rows["reported_ats"], utc=True)
    number = day_numbers(at.astype("int64") // 10**9 if at.dt.unit == "ns" else at.astype("int64") // 10**6,
                         asked.town.time_zone, asked.cycle.day_start)  # fmt: skip
    rows = rows.assign(
        tracker_id=rows["tracker_ids"].astype("int64"), measure=rows["metres"].astype(float),
        evidence=rows["case_nos"], day_on=_dates(number),
    )  # fmt: skip
    return rows.assign(kind="far", is_strict=rows["measure"] >= 2 * said.far_m)[_FOUND]


def _clock(asked: Asked, said: PatrolIntegrity) -> pd.DataFrame:
    """Reporters of whom even the quickest answers come late, or before the report."""
    rows = _sql(asked, "clock")
    minutes = (rows["quick_s"].astype(float) - rows["quick_s"].astype(float).median()) / 60
    rows = rows.assign(measure=minutes, is_strict=minutes.abs() >= 2 * said.clock_min)[minutes.abs() >= said.clock_min]
    told = [", ".join(each) for each in rows["case_nos"]]
    return rows.assign(kind="clock", tracker_id=-1, day_on=None, evidence=told)[_FOUND]


def _first_days(asked: Asked) -> dict[int, int]:
    """The first day of each device."""
    return dict(_sql(asked, "first_days")[["tracker_id", "day"]].itertuples(index=False))


def _silent(out: pd.DataFrame, said: PatrolIntegrity, first_on: dict[int, int]) -> pd.DataFrame:
    """Devices without a position for long, counted in days on which at least half of those of their source were out;
    only those that are out on half of the other days at least.

    first_on  the first day of each device, days since 1970-01-01
    """
    found = []
    for _, rows in out.groupby("source_id"):
        devices = rows.drop_duplicates(["tracker_id", "day"])
        day, n = np.unique(devices["day"], return_counts=True)
        days = day[n >= devices["tracker_id"].nunique() / 2]
        told = devices[devices["day"].isin(days)].sort_values(["tracker_id", "day"], kind="stable")
        last = devices.drop_duplicates("tracker_id", keep="last").set_index("tracker_id")["worker_id"]
        trackers, begin = np.unique(told["tracker_id"], return_index=True)
        for tracker, own in zip(
            trackers.tolist(), np.split(np.searchsorted(days, told["day"]), begin[1:]), strict=True
        ):
            # A device is not silent before its first day.
            begin_at = -1 if first_on.get(tracker, 0) < days[0] else int(own[0]) - 1
            seen = np.concatenate([[begin_at], own, [len(days)]])
            gap = int(np.argmax(np.diff(seen)))
            run = int(seen[gap + 1] - seen[gap] - 1)
            # Who is out now and then only is not silent on the days between.
            if run >= said.silent_days and 2 * len(own) >= len(days) - begin_at - 1 - run:
                first, end = _dates(days[[seen[gap] + 1, seen[gap + 1] - 1]])
                found.append(
                    ("silent", tracker, last[tracker], first, run, run >= 2 * said.silent_days, f"{first} - {end}")
                )
    return pd.DataFrame(found, columns=_FOUND)


# ---- the list --------------------------------------------------------------------------------------------------------


def _listed(asked: Asked, found: pd.DataFrame, out: pd.DataFrame, said: PatrolIntegrity) -> pd.DataFrame:
    """Who is found often enough, by what the list is asked by."""
    groups = found.assign(unit=found["evidence"].where(found["kind"] == "far", found["day_on"].astype(str)))
    times = groups.groupby(["kind", "worker_id"])["unit"].transform("nunique")
    found = found[(times >= said.least_days) | found["kind"].isin(("clock", "silent"))].reset_index(drop=True)
    people, told = any(key.level is None for key in asked.keys), sees_persons(asked)
    keys = ["worker", "device"] if people else ["grid_code"]
    found, out = _named(asked, found, out, with_people=people)
    days = out.drop_duplicates([*keys, "day"]).groupby(keys, dropna=False).size()
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
                "last_found_on": counted["day_on"].max(), "evidence": list(part["evidence"].dropna())[-_SHOWN:] if told else None,
                "innocent_zh": known.innocent_zh, "innocent_en": known.innocent_en,
            }
        )  # fmt: skip
    table = pd.DataFrame(rows, columns=list(asked.definition.columns))
    if people:  # nobody is ranked
        return table.sort_values(["worker", "device", "finding"], ignore_index=True)
    return table.sort_values(["n_strict", "n_found", "finding"], ascending=[False, False, True], ignore_index=True)


def _named(
    asked: Asked, found: pd.DataFrame, out: pd.DataFrame, *, with_people: bool
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Both with grid_code, of the grid that the worker was mostly in, on the level asked by (without one, the finest); and with
    worker and device, pseudonyms: the device that shows it, else that of the last day.
    """
    ids = {"ids": out.loc[out["grid_id"] >= 0, "grid_id"].unique().tolist(), "level": asked.level}
    codes = frame(asked.connection, "questions/patrol_integrity/above", ids).set_index("id")["code"]
    n = out[out["grid_id"] >= 0].groupby(["worker_id", "grid_id"]).size().reset_index(name="n")
    n = n.sort_values(["n", "grid_id"], ascending=[False, True]).drop_duplicates("worker_id")
    mostly = n.set_index("worker_id")["grid_id"].map(codes)
    found = found.assign(grid_code=found["worker_id"].map(mostly), worker=None, device=None)
    out = out.assign(grid_code=out["worker_id"].map(mostly))
    if with_people:
        names = _sql(asked, "names").set_index(["kind", "id"])["name"]
        device = out.drop_duplicates("worker_id", keep="last").set_index("worker_id")["tracker_id"].map(names["device"])
        own = found["tracker_id"].map(names["device"])
        for rows, devices in (
            (found, own.fillna(found["worker_id"].map(device))),
            (out, out["tracker_id"].map(names["device"])),
        ):
            rows["worker"], rows["device"] = rows["worker_id"].map(names["worker"]), devices
    return found, out


def _within(asked: Asked) -> list[int]:
    ids = {"scope_ids": asked.values["scope_ids"]}
    return list(frame(asked.connection, "questions/patrol_integrity/below", ids)["id"])


def _sql(asked: Asked, name: str) -> pd.DataFrame:
    return frame(asked.connection, f"questions/patrol_integrity/{name}", asked.values)


def _days(instants: pd.Series, asked: Asked) -> pd.Series:
    """Instants as people of the town read them."""
    local = pd.to_datetime(instants, utc=True).dt.tz_convert(asked.town.time_zone)
    return local.dt.strftime("%Y-%m-%d %H:%M")


def _dates(days: npt.ArrayLike) -> list[date]:
    """Days since 1970-01-01 as dates."""
    return np.asarray(days, np.int64).astype("datetime64[D]").astype(object).tolist()
