"""Settings, read once from the environment (GRIDGOV_*) or a `.env` file in the working folder."""

from functools import lru_cache
from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Where things are and how large they may grow. Each field is the environment variable GRIDGOV_<NAME>."""

    model_config = SettingsConfigDict(env_prefix="GRIDGOV_", env_file=".env", extra="ignore", frozen=True)

    home: Path = Field(Path(".gridgov"), description="State folder: private database, lattices, lake, caches, keys.")
    database_url: str | None = Field(
        None,
        description="Any PostgreSQL with PostGIS, as postgresql://...; unset = the private cluster in the state folder.",
    )
    host: str = Field("127.0.0.1", description="Address the app listens on.")
    port: int = Field(8050, description="Port the app listens on.")
    workers: int = Field(2, description="Worker processes of the app.")
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
    quarantine_days: int = Field(180, description="Days a quarantined row is kept after it was last seen.")
    batch_rows: int = Field(200_000, description="Rows held in memory at once while loading.")

    @property
    def state(self) -> Path:
        """The state folder as an absolute path."""
        return self.home.expanduser().resolve()


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The settings of this process."""
    return Settings()
