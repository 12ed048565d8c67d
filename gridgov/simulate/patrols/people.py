"""Who carries a terminal: grid workers, squads, volunteers along the rivers, helpers when the town is scaled up."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from gridgov.simulate.model import Land, Organisation
from gridgov.simulate.scenario import Scenario
from gridgov.simulate.seeds import stream

Longs = npt.NDArray[np.int64]
WALK, EBIKE, CAR = range(3)


@dataclass(frozen=True)
class Post:
    """Who patrols each grid, one place in it (with scale 3 every grid has three).

    grid      rows of Land.grids that have somebody
    worker    rows of People
    deputy    who looks after the grid when the worker is away, -1 = nobody
    later     the how many-th grid of this worker it is, from 0: it is walked after the others
    is_first  the place of the grid worker
    """

    grid: Longs
    worker: Longs
    deputy: Longs
    later: Longs
    is_first: bool


@dataclass(frozen=True)
class People:
    """Everybody with a terminal, by row.

    person         row of Organisation.staff, -1 = volunteer or helper
    code, device   codes of the person and the device, as the files name them
    posts          who patrols the grids
    kind_in_grid   WALK or EBIKE for each grid
    squad_worker   rows of the squads' people, squad_of and squad_kind beside it
    ranger_worker  rows of the volunteers
    """

    person: Longs
    code: list[str]
    device: list[str]
    posts: list[Post]
    kind_in_grid: Longs
    squad_worker: Longs
    squad_of: Longs
    squad_kind: Longs
    ranger_worker: Longs


def people_of(scenario: Scenario, organisation: Organisation, land: Land) -> People:
    """The people who patrol, by the roster and patrol.toml."""
    p = scenario.read("patrol.toml")
    staff = organisation.staff
    has_terminal = staff["has_terminal"].to_numpy(dtype=bool)
    table = _Table()
    regular, deputy = _by_role(organisation, land, has_terminal)
    squads = np.flatnonzero(organisation.units["kind"] == "squad")
    for row in np.unique(regular[regular >= 0]):
        table.add(int(row), staff["person"].iat[row])
    n_places = max(1, round(scenario.scale))
    posts = [_first_post(regular, deputy, table)]
    for _ in range(1, n_places):
        helpers = np.array([table.helper() for _ in range(len(land.grids))], dtype=np.int64)
        nobody = np.full(len(helpers), -1)
        posts.append(Post(np.arange(len(helpers)), helpers, nobody, np.zeros_like(helpers), False))
    members, squad_of = [], []
    for squad, unit in enumerate(squads):
        wanted = max(1, round(p["squads"]["people"] * scenario.scale))
        own = np.flatnonzero((staff["unit"] == unit) & has_terminal)[:wanted]
        rows = [table.add(int(row), staff["person"].iat[row]) for row in own]
        members += rows + [table.helper() for _ in range(wanted - len(rows))]
        squad_of += [squad] * wanted
    rangers = np.array([table.add(-1, f"V{n + 1:02}") for n in range(p["rangers"]["people"])], dtype=np.int64)
    return People(
        person=np.array(table.person, dtype=np.int64),
        code=table.code,
        device=_device_codes(scenario, len(table.person), len(rangers)),
        posts=posts,
        kind_in_grid=np.where(land.grids["kind"] == "urban", WALK, EBIKE).astype(np.int64),
        squad_worker=np.array(members, dtype=np.int64),
        squad_of=np.array(squad_of, dtype=np.int64),
        squad_kind=_kinds(p["squads"]["kinds"], np.array(squad_of)),
        ranger_worker=rangers,
    )


class _Table:
    """People in the order they are found."""

    def __init__(self) -> None:
        self.person: list[int] = []
        self.code: list[str] = []
        self.row_of: dict[int, int] = {}
        self._helpers = 0

    def add(self, person: int, code: str) -> int:
        """The row of a person, new or known."""
        if person >= 0 and person in self.row_of:
            return self.row_of[person]
        if person >= 0:
            self.row_of[person] = len(self.person)
        self.person.append(person)
        self.code.append(code)
        return len(self.person) - 1

    def helper(self) -> int:
        """The row of a new helper."""
        self._helpers += 1
        return self.add(-1, f"H{self._helpers:05}")


def _by_role(organisation: Organisation, land: Land, has_terminal: npt.NDArray[np.bool_]) -> tuple[Longs, Longs]:
    """Who patrols each grid, and who instead: worker and informant, as far as they have terminals; -1 = nobody."""
    found = []
    for role in ("grid_worker", "informant"):
        roster = organisation.roster
        rows = roster[(roster["role"] == role) & (roster["grid"] >= 0) & (roster["person"] >= 0)]
        holder = np.full(len(land.grids), -1)
        holder[rows["grid"]] = rows["person"]
        found.append(np.where((holder >= 0) & has_terminal[holder], holder, -1))
    worker, informant = found
    regular = np.where(worker >= 0, worker, informant)
    return regular, np.where((worker >= 0) & (informant != worker), informant, -1)


def _first_post(regular: Longs, deputy: Longs, table: _Table) -> Post:
    grid = np.flatnonzero(regular >= 0)
    worker = np.array([table.row_of[int(person)] for person in regular[grid]], dtype=np.int64)
    stands_in = np.array([table.row_of.get(int(person), -1) for person in deputy[grid]], dtype=np.int64)
    later = np.zeros(len(grid), np.int64)
    seen: dict[int, int] = {}
    # Whose own post it is comes first; a grid that is looked after for want of a worker is walked later.
    for row in np.lexsort((grid, deputy[grid] < 0)):
        later[row] = seen.get(int(worker[row]), 0)
        seen[int(worker[row])] = int(later[row]) + 1
    return Post(grid, worker, stands_in, later, True)


def _kinds(shares: dict[str, float], squad_of: Longs) -> Longs:
    """Cars first, then e-bikes, then people on foot, in every squad."""
    kinds = np.empty(len(squad_of), np.int64)
    for squad in np.unique(squad_of):
        rows = np.flatnonzero(squad_of == squad)
        n_cars = round(shares["car"] * len(rows))
        n_bikes = round(shares["ebike"] * len(rows))
        kinds[rows] = np.repeat([CAR, EBIKE, WALK], [n_cars, n_bikes, len(rows) - n_cars - n_bikes])
    return kinds


def _device_codes(scenario: Scenario, n: int, n_rangers: int) -> list[str]:
    """Codes in no order that would tell whose device it is."""
    numbers = stream(scenario.seed, "patrols", "devices").permutation(n - n_rangers) + 1
    width = max(4, len(str(n)))
    return [f"T{number:0{width}}" for number in numbers] + [f"B{k + 1:02}" for k in range(n_rangers)]


def devices_of(scenario: Scenario, people: People) -> dict[str, Any]:
    """What each device is like, arrays by row of People.

    step_s           seconds between two fixes
    error_m          one standard deviation of its positions on each axis, in open land
    tells_speed, tells_satellites
    model            as its maker calls it
    """
    q = scenario.read("patrol.toml")["devices"]
    rng = stream(scenario.seed, "patrols", "device")
    n = len(people.person)
    model = rng.choice(np.array(q["models"], dtype=object), n)
    model[people.squad_worker] = np.where(people.squad_kind == CAR, q["car_model"], q["handheld_model"])
    model[people.ranger_worker] = q["ranger_model"]
    return {
        "step_s": rng.choice(np.array(q["step_s"]), n, p=q["step_share"]),
        "error_m": rng.uniform(q["error_m"][0], q["error_m"][1], n),
        "tells_speed": rng.random(n) >= q["no_speed_share"],
        "tells_satellites": rng.random(n) >= q["no_satellites_share"],
        "model": model.tolist(),
    }
