"""Keeping patrols: everything derived made anew from the lake, and raw positions removed when their time is up."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from gridgov.analytics.periods import Cycle, day_at
from gridgov.errors import LoadError
from gridgov.pipelines import patrol_plan, patrol_replays, patrol_told
from gridgov.pipelines.loading import Progress, silent
from gridgov.pipelines.patrol_days import PatrolDays
from gridgov.rules import Rules, read_rules
from gridgov.settings import settings
from gridgov.store import findings, lake, patrols, rulebook, runs, seen, visits
from gridgov.store.database import Connection, reading
from gridgov.store.runs import Town


@dataclass(frozen=True)
class Kept:
    """What retention did in a town, or would do.

    before   raw positions of earlier days are removed; what was counted from them stays
    n_lines  sessions that lost their line
    """

    town: str
    before: date
    n_files: int
    n_fixes: int
    n_bytes: int
    n_lines: int


def rebuild(towns: Iterable[str] | None = None, progress: Progress = silent) -> dict[str, int]:
    """Make all that is derived of patrols anew, by the rules as they are now; days computed by town (None = all towns).

    Days whose raw positions were removed stay as they are. Raises LoadError where they follow other rules than those of now.
    """
    with reading() as connection:
        chosen = [town for town in runs.towns(connection) if towns is None or town.code in set(towns)]
        chosen = [town for town in chosen if lake.days(connection, town.id) or lake.closed_until(connection, town.id)]
    with runs.exclusively([town.id for town in chosen]) as connection:
        return {town.code: _rebuild(connection, town, progress) for town in chosen}


def recompute(
    connection: Connection, town: Town, rules: Rules, since: date | None = None, progress: Progress = silent
) -> int:
    """Make the open days of a town (from one on) anew, inside a merge; returns how many."""
    closed = lake.closed_until(connection, town.id)
    first = max((day for day in (since, closed and closed + timedelta(1)) if day), default=None)
    patrols.forget(connection, town.id, first and first - timedelta(1))
    visits.forget(connection, town.id, first)
    seen.forget(connection, town.id, first)
    days, counts = PatrolDays(connection, town, rules), defaultdict[int, Counter[str]](Counter)
    held = lake.days(connection, town.id)
    # Where days are cut otherwise than when the files were written, a file also has fixes of the day beside its own.
    chosen = sorted({day + timedelta(n) for day in held for n in (-1, 0, 1)})
    changed: dict[date, dict[int, bytes]] = {}
    for n, on in enumerate(chosen):
        if first is not None and on < first:
            continue
        progress("patrols", n, len(chosen))
        blocks, caught = days.compute(on)
        if blocks:
            changed[on] = blocks
        for run_id, found in caught.items():
            counts[run_id].update(found)
    made = [on for on in chosen if first is None or on >= first]
    patrol_plan.follow(connection, town, rules, made, progress)
    patrol_told.follow(connection, town, rules, made, progress)
    patrol_replays.follow(connection, town, rules, dict.fromkeys(made))
    visits.refresh(connection, town.id, changed)
    seen.refresh(connection, town.id, changed)
    patrols.sum_months(connection, town.id, visits.months_of(connection, town.id))
    if since is None and closed is None:
        patrols.write_clean_report(connection, town.id, counts)
    return len(changed)


def count_again(connection: Connection, town: Town, since: date | None, progress: Progress = silent) -> int:
    """After its grids changed from a day on (None = ever): make the days of a town's patrols anew, inside a merge.

    Closed days keep the grids that they were counted in. Returns how many days were made anew.
    """
    if not lake.days(connection, town.id):
        return 0
    return recompute(connection, town, rulebook.patrol_rules_of(connection, town.id), since, progress)


def retain(days: int | None = None, *, is_trial: bool = False, now: datetime) -> list[Kept]:
    """Remove raw positions, and the lines of sessions, older than so many days (None = as the rules of each town say).

    is_trial  remove nothing, only say what would be removed
    """
    with reading() as connection:
        towns = runs.towns(connection)
    done = [_retain_town(town, days, now, is_trial=is_trial) for town in towns]
    return [kept for kept in done if kept is not None]


def _rebuild(connection: Connection, town: Town, progress: Progress) -> int:
    then = rulebook.patrol_rules_of(connection, town.id)
    rules = rulebook.keep_patrol_rules(connection, town.id, anew=True)
    closed = lake.closed_until(connection, town.id)
    if closed is not None and _counted_by(then) != _counted_by(rules):
        raise LoadError(
            f"Raw positions of '{town.code}' up to {closed} are no longer kept, and what was counted from them follows other "
            f"rules ([patrol] and day_start of version '{then.version}') than those of now (version '{rules.version}'). Nothing "
            "was changed; bring those rules back (table patrol_rules holds their text)."
        )
    return recompute(connection, town, rules, progress=progress)


def _counted_by(rules: Rules) -> tuple[object, ...]:
    """Of some rules those by which patrols are counted."""
    return rules.patrol.model_dump(exclude={"raw_days", "patrolled_min", "integrity"}), rules.periods.day_start


def _retain_town(town: Town, days: int | None, now: datetime, *, is_trial: bool) -> Kept | None:
    with reading() as connection:
        rules = rulebook.patrol_rules_of(connection, town.id)
        today = day_at(now, town.time_zone, Cycle.of(rules).day_start)
        # By the rules of now, not those kept: nothing is counted by how long positions stay.
        before = today - timedelta(read_rules(settings().rules).patrol.raw_days if days is None else days)
        old = lake.older(connection, town.id, before)
        found = Kept(town.code, before, *old, patrols.n_lines(connection, town.id, before))
        paths = lake.removed(connection, town.id)  # those of a run that died before it had taken them away too
    if found.n_files and not is_trial:
        with runs.exclusively([town.id]) as connection:
            lake.list_removed(connection, town.id, before)
            patrols.drop_lines(connection, town.id, before)
            # The days whose positions are kept may still be held against the sketches of those before them.
            findings.drop_shapes(connection, town.id, before - timedelta(rules.patrol.integrity.replay_days))
            paths = lake.removed(connection, town.id)
    if not is_trial:
        lake.take_away(paths)
    return found if found.n_files else None
