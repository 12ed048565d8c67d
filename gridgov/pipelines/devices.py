"""Loading the list of devices: which there are, and who carries each from a day on. Both are pseudonyms."""

from datetime import date
from pathlib import Path

import pyarrow.compute as pc

from gridgov.pipelines.lists import begun_with, counted, opened, whole
from gridgov.pipelines.loading import Progress, finish, loading, silent, town_for
from gridgov.pipelines.patrol_upkeep import count_again
from gridgov.pipelines.report import LoadReport
from gridgov.sources.devices import read_devices
from gridgov.sources.mapping import DeviceMapping
from gridgov.store import devices, runs


def load_devices(
    path: Path, mapping: DeviceMapping, progress: Progress = silent, *, valid_from: date | None = None
) -> LoadReport:
    """Load the devices of a source as they are held from a day on. Raises SourceError or LoadError with nothing changed."""
    held_on = valid_from or mapping.valid_from
    with opened(path, mapping) as source:
        table = whole(source, mapping, lambda batch, faults: read_devices(batch, mapping, faults))
        with loading(town_for(mapping), mapping, source, progress) as load:
            report = begun_with(load.report, table)
            with runs.merging(load.run) as connection:
                counts, ended = devices.merge_devices(connection, load.run, held_on, table)
                counted(report, counts)
                n_devices, n_holders = (pc.count_distinct(table[name]).as_py() for name in ("device", "holder"))
                n_idle = table["holder"].null_count
                report.facts["devices"] = {
                    "held_on": held_on, "devices": n_devices, "holders": n_holders, "without_holder": n_idle, "ended": ended,
                }  # fmt: skip
                report.notes.append(f"{n_devices:,} devices, carried by {n_holders:,} people; {n_idle:,} by nobody.")
                report.facts["patrol_days"] = count_again(connection, load.town, held_on, progress)
                if ended:
                    report.notes.append(f"{ended:,} devices are no longer in the list.")
                finish(connection, load)
    return report
