"""The list of devices as published -> our frame: which device, who carries it. A list, see sources.lists."""

import numpy as np
import pyarrow as pa

from gridgov.sources import values
from gridgov.sources.lists import Fault, cell_text, people, required, tidy
from gridgov.sources.mapping import DeviceMapping
from gridgov.sources.personal import hide
from gridgov.sources.reading import RawBatch


def read_devices(batch: RawBatch, mapping: DeviceMapping, faults: list[Fault]) -> pa.Table:
    """Rows of devices.

    device  pseudonym, made as that of tracks
    holder  pseudonym of the person, made as those of a roster and of tracks; null = nobody, or left out
    model   as written
    step_s  seconds between two fixes, null where it is not said
    """
    device = cell_text(batch, mapping, "device")
    required(batch, {"device": device}, ("device",), faults)
    step, bad = np.full(len(batch), np.nan), np.zeros(len(batch), bool)
    if "step" in mapping.columns:
        step, bad = values.column_numbers(batch.table, mapping.columns["step"], mapping.nulls)
        with np.errstate(invalid="ignore"):
            bad = bad | (step <= 0)
    faults += [Fault(int(row), "step is not a number of seconds above 0") for row in batch.row_no[bad]]
    return pa.table(
        {
            "device": hide(device, "pseudonym"),
            "holder": hide(people(cell_text(batch, mapping, "holder")), mapping.personal.get("holder", "pseudonym")),
            "model": tidy(cell_text(batch, mapping, "model")),
            "step_s": pa.array(step, from_pandas=True),
        }
    )
