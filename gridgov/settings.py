"""Settings, read once from the environment (GRIDGOV_*) or a `.env` file in the working folder."""

import os
from functools import cached_property, lru_cache
from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

LOOPBACK = ("127.0.0.1", "localhost", "::1")
"""Names of this machine that nobody else can reach."""


def _is_own_folder(path: Path) -> bool:
    """A folder that nobody else put there."""
    try:
        return path.is_dir() and path.stat().st_uid == os.getuid()
    except OSError:
        return False


class Settings(BaseSettings):
    """Where things are and how large they may grow. Each field is the environment variable GRIDGOV_<NAME>."""

    model_config = SettingsConfigDict(env_prefix="GRIDGOV_", env_file=".env", extra="ignore", frozen=True)

    home: Path = Field(Path(".gridgov"), description="State folder: private database, lattices, lake, caches, keys.")
    database_url: str | None = Field(
        None,
        description="Any PostgreSQL with PostGIS, as postgresql://...; unset = the private cluster in the state folder.",
    )
    host: str = Field("127.0.0.1", description="Address the app listens on.")
    names: str = Field(
        "",
        description="Names of the app behind a proxy, apart by blanks; others are refused while it listens on loopback.",
    )
    port: int = Field(8050, description="Port the app listens on.")
    workers: int = Field(2, description="Worker processes of the app.")
    uploads: bool | None = Field(
        None, description="Files can be loaded through the app; unset = only while it listens on this machine alone."
    )
    upload_max_mb: int = Field(
        50, ge=1, description="Largest file that the app takes, MB; `gridgov load` has no limit."
    )
    pseudonym_key: SecretStr | None = Field(
        None, description="Key of the pseudonyms (HMAC-SHA-256); unset = made once and kept in the state folder."
    )
    xlsx_max_mb: int = Field(
        50, description="Largest spreadsheet read, MB; larger ones are refused (use CSV or Parquet)."
    )
    json_max_mb: int = Field(
        64, description="Largest plain JSON file read, MB; larger ones are refused (use JSONL or CSV)."
    )
    rules: str = Field(
        "default", description="Rules of the clocks: a TOML file, or the bare name of shipped ones (data/rules)."
    )
    process: str = Field(
        "case", description="The process of a case: a TOML file, or the bare name of a shipped one (data/process)."
    )
    duty: Path | None = Field(
        None, description="Duty roster that the wall shows, a TOML file; unset = duty.toml in the state folder."
    )
    basemap_url: str | None = Field(
        None,
        description="Tiles of a base map in Web Mercator: https://host/{z}/{x}/{y}.png, or WMTS with {TileMatrix}, {TileRow}, "
        "{TileCol}; {key} is the key. Several with blanks between lie over each other. Unset = the town's own map, no request.",
    )
    basemap_key: SecretStr | None = Field(None, description="Your key at that server; it never reaches a browser.")
    basemap_datum: str = Field("wgs84", description="Datum of the tiles: wgs84, cgcs2000 (Tianditu) or gcj02.")
    basemap_attribution: str = Field("", description="Whose base map it is, printed on every map.")
    basemap_approval: str = Field("", description="Approval number (审图号) of the base map, printed on every map.")
    basemap_max_zoom: int = Field(18, description="Finest zoom of the tiles.")
    map_approval: str = Field("", description="Approval number (审图号) of the town's own map, printed on every map.")
    smtp_password: SecretStr | None = Field(None, description="Password of the mail server of scheduled briefings.")
    quarantine_days: int = Field(180, description="Days a quarantined row is kept after it was last seen.")
    batch_rows: int = Field(200_000, description="Rows held in memory at once while loading.")

    def is_ours(self, host: str) -> bool:
        """True unless a name that leads here from elsewhere (DNS rebinding): while the app listens on this machine alone."""
        name = host.rsplit(":", 1)[0].strip("[]")
        return self.host not in LOOPBACK or name in LOOPBACK or name in self.names.split()

    @cached_property
    def state(self) -> Path:
        """The state folder as an absolute path; where the working folder has none, one of ours in a folder above it."""
        home = self.home.expanduser()
        here = Path.cwd()
        above = (folder / home for folder in here.parents) if not (here / home).exists() else ()
        return next((each for each in above if _is_own_folder(each)), home).resolve()

    @property
    def takes_uploads(self) -> bool:
        """Whether the app takes files."""
        return self.host in LOOPBACK if self.uploads is None else self.uploads


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The settings of this process."""
    return Settings()
