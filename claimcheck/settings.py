"""Everything that can be configured, in one place, read once.

Order of precedence: command-line flags, environment (``CLAIMCHECK_…``), ``claimcheck.toml`` in the working folder,
the user's ``claimcheck.toml``, the defaults below.
"""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any, Final, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from claimcheck.errors import SettingsError

PROJECT_LIBRARY = Path(".claimcheck")
PREFIX: Final = "CLAIMCHECK_"
KEY_VARIABLE: Final = "CLAIMCHECK_API_KEY"
"""Holds the key of the language model's server. No setting: settings may stand in files, keys never."""
EMBEDDING_KEY_VARIABLE: Final = "CLAIMCHECK_EMBEDDING_API_KEY"
"""Holds the key of the server for embeddings; that of the language model is not sent there."""
_OTHER_VARIABLES: Final = ("api_key", "embedding_api_key", "data")  # the last: sets for training and measuring
_KEYS: Final = ("api_key", "embedding_api_key", "key", "token", "openai_api_key", "anthropic_api_key")

_RECORDED: Final = (
    "self_source", "stale_after_days", "passages_per_claim", "candidates", "max_file_mb", "fetch_timeout_s",
    "embedding", "embedding_base_url",
)  # fmt: skip
_RECORDED_WITH_MODEL: Final = ("model", "base_url", "explain", "cascade_below", "llm_reply_tokens")

VerifierKind = Literal["local", "llm", "cascade"]
ExtractorKind = Literal["local", "llm"]
ExplainKind = Literal["asked", "all", "none"]


def user_folder() -> Path:
    """The user's own claimcheck folder (``XDG_DATA_HOME`` is honoured)."""
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "claimcheck"


class Settings(BaseSettings):
    """Settings of one run. Every field can be given as ``CLAIMCHECK_<NAME>`` or in ``claimcheck.toml``."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="forbid", frozen=True, env_ignore_empty=True)

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
    embedding: str | None = Field(
        default=None,
        min_length=1,
        description="model for the vectors of a library, such as openai:NAME; unset: the shipped one",
    )
    embedding_base_url: str | None = Field(
        default=None, description="address of an OpenAI-compatible server for embeddings; unset: the provider's own"
    )
    max_file_mb: int = Field(default=50, ge=1, description="largest file or page that is read, in megabytes")
    fetch_timeout_s: float = Field(default=20.0, gt=0, description="seconds allowed for fetching a web page")
    offline: bool = Field(default=False, description="open no connection at all, whatever else is set")
    model: str | None = Field(
        default=None, min_length=1, description="language model, such as openai:NAME or ollama:NAME; unset: none"
    )
    base_url: str | None = Field(
        default=None, description="address of an OpenAI-compatible server; unset: the provider's own"
    )
    verifier: VerifierKind | None = Field(
        default=None, description="who judges the evidence; unset: cascade with a model, else local"
    )
    extractor: ExtractorKind | None = Field(
        default=None,
        description="who finds the claims of a draft; unset: the language model if verifier is llm, else local",
    )
    explain: ExplainKind = Field(
        default="asked", description="verdicts that the language model explains: those it was asked about, all, none"
    )
    cascade_below: float = Field(
        default=0.6, ge=0, le=1, description="confidence under which the cascade asks the language model"
    )
    concurrency: int = Field(default=4, ge=1, le=64, description="calls of the language model at one time")
    llm_timeout_s: float = Field(default=120.0, gt=0, description="seconds to wait for a reply of the language model")
    llm_retries: int = Field(default=3, ge=0, le=10, description="further tries when the server is busy or away")
    llm_reply_tokens: int | None = Field(
        default=None, ge=16, description="most tokens of one reply; unset: as each prompt says"
    )
    llm_cache: Path | None = Field(
        default=None, description="folder that keeps the language model's replies; unset: the user's"
    )
    llm_ask_again: bool = Field(
        default=False, description="ask once more where no reply could be used, which is kept like any other outcome"
    )
    max_cost: float | None = Field(default=None, ge=0, description="most that one run may cost, in US dollars")
    max_calls: int | None = Field(default=None, ge=0, description="most calls of the language model in one run")
    max_tokens: int | None = Field(default=None, ge=0, description="most tokens, in and out, in one run")
    prices: Path | None = Field(
        default=None, description="table of prices (TOML) that goes before the one that comes with claimcheck"
    )
    prompts: Path | None = Field(
        default=None, description="folder of prompts that replace those of the same name that come with claimcheck"
    )

    @field_validator("base_url", "embedding_base_url")
    @classmethod
    def _plain_address(cls, value: str | None) -> str | None:
        """The address goes into reports, so nothing that may hold a key is let in. No message repeats it."""
        if value is None:
            return None
        parts = urlsplit(value)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("it must be an http or https address, such as http://127.0.0.1:8080/v1")
        if parts.username or parts.password or parts.query or parts.fragment:
            raise ValueError(f"it must hold no user, key or query; put a key into the variable {KEY_VARIABLE}")
        return value.rstrip("/")

    @model_validator(mode="after")
    def _named_model(self) -> Self:
        if self.model is None and self.base_url is not None:
            raise ValueError("Setting 'base_url' names a server, but no 'model' is set, such as openai:NAME")
        if self.model is None and self.verifier in ("llm", "cascade"):
            raise ValueError(f"Setting 'verifier' is {self.verifier!r}, but no 'model' is set")
        if self.model is None and self.extractor == "llm":
            raise ValueError("Setting 'extractor' is 'llm', but no 'model' is set")
        if self.embedding is None and self.embedding_base_url is not None:
            raise ValueError("Setting 'embedding_base_url' names a server, but no 'embedding' is set")
        return self

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
    def verifier_in_force(self) -> VerifierKind:
        """Who judges the evidence: the one named, else the cascade if a language model is named, else local."""
        return self.verifier or ("cascade" if self.model else "local")

    @property
    def extractor_in_force(self) -> ExtractorKind:
        """Who finds the claims of a draft: the one named, else the language model where it judges every claim."""
        return self.extractor or ("llm" if self.verifier_in_force == "llm" else "local")

    @property
    def asks_model(self) -> bool:
        """Whether a language model may be asked anything."""
        return (self.verifier_in_force, self.extractor_in_force) != ("local", "local")

    @property
    def llm_cache_folder(self) -> Path:
        """Where replies of the language model are kept: the folder named, else one in the user's."""
        return self.llm_cache or user_folder() / "replies"

    @property
    def day(self) -> date:
        """The day from which deadlines and staleness are judged."""
        return self.as_of or date.today()

    def recorded(self) -> dict[str, str | int | float | bool]:
        """What a report says of the settings: those that can change a verdict, none that only name places or speed."""
        names = _RECORDED + _RECORDED_WITH_MODEL if self.asks_model else _RECORDED
        chosen = {name: getattr(self, name) for name in names}
        return {
            **{name: value for name, value in chosen.items() if value is not None},
            "verifier": self.verifier_in_force,
            "extractor": self.extractor_in_force,
        }


def load_settings(**flags: Any) -> Settings:
    """Settings of this run.

    Args:
        flags: values given on the command line; ``None`` means "not given".

    Raises:
        SettingsError: a value cannot be used, or a settings file cannot be parsed.
    """
    _check_variables(os.environ)
    given = {name: value for name, value in flags.items() if value is not None}
    try:
        return Settings(**given)
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        if first["type"] == "extra_forbidden" and name.lower() in _KEYS:
            raise SettingsError(
                f"{name!r} is no setting: a key must not stand in a file.",
                f"Remove it there, and put the key into the environment variable {KEY_VARIABLE}.",
            ) from None
        raise SettingsError(
            _said(name, first["type"], first["msg"].removeprefix("Value error, ")),
            "Correct the flag, the CLAIMCHECK_ variable or claimcheck.toml; docs/settings.md lists all settings.",
        ) from None
    except ValueError as error:
        raise SettingsError(f"claimcheck.toml cannot be read: {error}.", "Correct the file's TOML syntax.") from error


def _check_variables(environment: Mapping[str, str]) -> None:
    known = (*Settings.model_fields, *_OTHER_VARIABLES)
    for variable, value in environment.items():
        prefix, name = variable[: len(PREFIX)].upper(), variable[len(PREFIX) :].lower()
        if prefix == PREFIX and value and name not in known:
            nearest = _nearest(name, known).upper()
            raise SettingsError(
                f"The environment variable {variable} names no setting.{_did_you_mean(nearest and PREFIX + nearest)}",
                "Correct or unset it; docs/settings.md lists all settings.",
            )


def _nearest(name: str, known: Iterable[str]) -> str:
    return next(iter(difflib.get_close_matches(name, list(known), n=1, cutoff=0.6)), "")


def _did_you_mean(name: str) -> str:
    return f" Did you mean {name}?" if name else ""


def _said(name: str, kind: str, message: str) -> str:
    if not name:
        return f"{message}."
    if kind == "extra_forbidden":
        return f"There is no setting {name!r}.{_did_you_mean(_nearest(name, Settings.model_fields))}"
    if kind.startswith("date_"):
        return f"Setting {name!r} must be a day, such as 2025-12-31."
    return f"Setting {name!r} cannot be used: {message}."
