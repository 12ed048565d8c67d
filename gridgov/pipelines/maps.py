"""Loading the town's own map: roads, waters, built-up land and whatever else, one layer of one source a file.

The map is drawn where no other one is configured, and the land to patrol (应巡面积) is made of its roads and built-up land.
"""

from pathlib import Path
from typing import Any

from gridgov.pipelines.faults import Tally, faulty_table
from gridgov.pipelines.ground import refreshed
from gridgov.pipelines.loading import Progress, begun, finish, loading, silent, town_for
from gridgov.pipelines.patrol_upkeep import count_again
from gridgov.pipelines.placing import Sample, datum_note, placer_of
from gridgov.pipelines.report import LoadReport
from gridgov.settings import settings
from gridgov.sources.mapping import MapMapping
from gridgov.sources.maps import read_features
from gridgov.sources.reading import open_source
from gridgov.store import maps, quarantined, runs
from gridgov.store.staging import Stage
from gridgov.vocabulary import MAP_THEMES


def load_maps(path: Path, mapping: MapMapping, progress: Progress = silent) -> LoadReport:
    """Load one layer of a map in the place of what its source said of it before; idempotent.

    Features with faults go to the quarantine. Returns the report; raises SourceError or LoadError with nothing changed.
    """
    with open_source(
        path, mapping.file, mapping.source_columns(), fill_down=mapping.filled_columns(), geometry=True
    ) as source:
        batches = begun(
            read_features(batch, mapping, source.declared_crs) for batch in source.batches(settings().batch_rows)
        )
        town = town_for(mapping)
        with loading(town, mapping, source, progress) as load:
            report, run = load.report, load.run
            tally, sample = Tally(load, source), Sample()
            with Stage(run.stage("map"), maps.STAGE) as stage, Stage(run.stage("faulty"), quarantined.STAGE) as faults:
                for read in batches:
                    stage.append(read.good)
                    faults.append(faulty_table(read.faulty))
                    sample.add(read.x, read.y)
                    tally.read(read.good.num_rows, read.faulty, read.noticed)
            tally.write()
            tally.refuse_useless(is_retry=False)
            progress("merge", 0, None)
            with runs.merging(run) as connection:
                counts, n_gone = maps.merge(connection, run, mapping.part, stage.name)
                for outcome, n in counts.items():
                    setattr(report, outcome, n)
                quarantined.keep(connection, run, faults.name, "maps", source.sha256)
                held = maps.held(connection, run, mapping.part)
                report.facts["map"] = {"layer": mapping.part, "theme": mapping.theme, "removed": n_gone, "held": held}
                report.notes += _notes(mapping, held, n_gone)
                report.notes += datum_note(*sample.points(), mapping.datum, placer_of(town, connection))
                of_ground = refreshed(connection, load)
                report.notes += of_ground
                if of_ground:
                    report.facts["patrol_days"] = count_again(connection, town, None, progress)
                finish(connection, load)
        return report


def _notes(mapping: MapMapping, held: list[dict[str, Any]], n_gone: int) -> list[str]:
    km, km2 = (sum(row[size] or 0.0 for row in held) for size in ("km", "km2"))
    sizes = [f"{size:,.1f} {unit}" for size, unit in ((km, "km"), (km2, "km2")) if size]
    what = MAP_THEMES[mapping.theme].en if mapping.theme else "features"
    kinds = ", ".join(f"{row['kind']} {row['n_features']:,}" for row in held[:8] if row["kind"])
    n = sum(row["n_features"] for row in held)
    notes = [f"The layer '{mapping.part}' holds {n:,} {what}{''.join(f', {size}' for size in sizes)}"]
    notes[0] += f": {kinds}." if kinds else "."
    if n_gone:
        notes.append(f"{n_gone:,} features are no longer in the file and were removed.")
    return notes
