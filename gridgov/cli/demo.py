"""gridgov demo: load the town that ships with gridgov, where nothing is loaded yet."""

from rich.console import Console

from gridgov.resources import resource

_FILES = (
    ("grids", "grids.geojson", "grids.toml"),
    ("grids", "dedicated.geojson", "dedicated.toml"),
    ("places", "villages.csv", "places.toml"),
    ("exposure", "exposure.csv", "exposure.toml"),
    ("incidents", "incidents.csv.gz", "incidents.toml"),
)


def demo() -> None:
    """Bring the database to this version and, where it holds no cases, load the small town of data/small_town."""
    from gridgov.cli.load import say, told
    from gridgov.pipelines.kinds import load
    from gridgov.questions import open_town, town_codes
    from gridgov.sources.mapping import read_mapping
    from gridgov.store import migrate

    migrate.upgrade()
    loaded = [code for code in town_codes() if open_town(code).ask("cases", limit=0).meta["n_total"]]
    if loaded:
        Console(highlight=False).print(f"Loaded already: {', '.join(loaded)}.")
        return
    folder = resource("data", "small_town")
    for kind, file, mapping in _FILES:
        with told() as progress:
            report = load(kind, folder / file, read_mapping(folder / mapping), progress)
        say(report)
