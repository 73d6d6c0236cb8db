"""Everything that can be configured, in one place, read once.

Order of precedence: command-line flags, environment (``CLAIMCHECK_…``), ``claimcheck.toml`` in the working folder,
the user's ``claimcheck.toml``, the defaults below.
"""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from claimcheck.errors import SettingsError

PROJECT_LIBRARY = Path(".claimcheck")


def user_folder() -> Path:
    """The user's own claimcheck folder (``XDG_DATA_HOME`` is honoured)."""
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "claimcheck"


class Settings(BaseSettings):
    """Settings of one run. Every field can be given as ``CLAIMCHECK_<NAME>`` or in ``claimcheck.toml``."""

    model_config = SettingsConfigDict(env_prefix="CLAIMCHECK_", extra="forbid", frozen=True, env_ignore_empty=True)

    library: Path | None = Field(
        default=None, description="folder of the evidence library; unset: ./.claimcheck if present, else the user's"
    )
    as_of: date | None = Field(
        default=None, description="day from which deadlines and staleness are judged; unset: today"
    )
    self_source: Literal["flag", "strict"] = Field(
        default="flag", description="whether an issuer's own text may prove its content: flag it, or never"
    )
    stale_after_days: int = Field(default=730, ge=1, description="age from which evidence on a present state is stale")
    unsure_below: float | None = Field(
        default=None, ge=0, le=1, description="confidence under which a verdict is flagged unsure; unset: calibrated"
    )
    passages_per_claim: int = Field(default=8, ge=1, le=100, description="passages judged for each claim")
    candidates: int = Field(default=40, ge=1, le=1000, description="passages fetched from each retrieval channel")
    batch_size: int = Field(default=32, ge=1, le=1024, description="texts in one run of a model")
    threads: int = Field(default=0, ge=0, description="threads a model may use; 0: as many as the machine has cores")
    max_file_mb: int = Field(default=50, ge=1, description="largest file or page that is read, in megabytes")
    fetch_timeout_s: float = Field(default=20.0, gt=0, description="seconds allowed for fetching a web page")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Flags, then environment, then the two files."""
        here = TomlConfigSettingsSource(settings_cls, Path("claimcheck.toml"))
        users = TomlConfigSettingsSource(settings_cls, user_folder() / "claimcheck.toml")
        return init_settings, env_settings, here, users

    @property
    def library_folder(self) -> Path:
        """The library in force: the one named, else ``./.claimcheck`` if present, else the user's."""
        if self.library is not None:
            return self.library
        return PROJECT_LIBRARY if PROJECT_LIBRARY.is_dir() else user_folder() / "library"

    @property
    def day(self) -> date:
        """The day from which deadlines and staleness are judged."""
        return self.as_of or date.today()


def load_settings(**flags: Any) -> Settings:
    """Settings of this run.

    Args:
        flags: values given on the command line; ``None`` means "not given".

    Raises:
        SettingsError: a value cannot be used, or a settings file cannot be parsed.
    """
    given = {name: value for name, value in flags.items() if value is not None}
    try:
        return Settings(**given)
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        raise SettingsError(
            _said(name, first["type"], first["msg"]),
            "Correct the flag, the CLAIMCHECK_ variable or claimcheck.toml; docs/settings.md lists all settings.",
        ) from error
    except ValueError as error:
        raise SettingsError(f"claimcheck.toml cannot be read: {error}.", "Correct the file's TOML syntax.") from error


def _said(name: str, kind: str, message: str) -> str:
    if kind == "extra_forbidden":
        return f"There is no setting {name!r}."
    if kind.startswith("date_"):
        return f"Setting {name!r} must be a day, such as 2025-12-31."
    return f"Setting {name!r} cannot be used: {message}."
