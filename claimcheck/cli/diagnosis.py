"""Examines an installation, part by part."""

from __future__ import annotations

import os
import platform
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from importlib import import_module
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from typing import Final

from claimcheck import __version__
from claimcheck.cli import opening
from claimcheck.errors import ClaimcheckError, LibraryNotFound
from claimcheck.settings import Settings, user_folder

DISTRIBUTION: Final = "claimcheck-newsroom"
_NATIVE: Final = ("onnxruntime", "tokenizers", "chromadb")
_REINSTALL: Final = "Install claimcheck and the packages of requirements.txt again."


class State(StrEnum):
    """How a part of the installation is."""

    OK = "ok"
    NOTE = "note"
    BROKEN = "BROKEN"


@dataclass(frozen=True)
class Examined:
    """One part of the installation: how it is and, where something is to be done, what."""

    subject: str
    state: State
    detail: str
    next_step: str = ""


def diagnose(settings: Settings) -> Iterator[Examined]:
    """Examine everything that claimcheck needs, in the order in which it needs it."""
    yield _interpreter()
    yield from _packages()
    yield from _native_packages()
    yield _part("packaged corpus", lambda: str(_demonstration()))
    yield from _models(settings)
    yield _library(settings)
    yield _folder("library folder", settings.library_folder)
    yield _folder("your folder", user_folder())
    yield _network(settings)


def _interpreter() -> Examined:
    found = f"{platform.python_version()} on {platform.system()} {platform.machine()}"
    return Examined("Python", State.OK, found)


def _packages() -> Iterator[Examined]:
    yield Examined("claimcheck", State.OK, __version__)
    try:
        named = [re.split(r"[^\w.-]", line, maxsplit=1)[0] for line in requires(DISTRIBUTION) or ()]
    except PackageNotFoundError:
        yield Examined("packages", State.NOTE, "not known: claimcheck runs without being installed")
        return
    found = []
    for name in named:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            yield Examined(name, State.BROKEN, "is not installed", _REINSTALL)
    yield Examined("packages", State.OK, ", ".join(found))


def _native_packages() -> Iterator[Examined]:
    for name in _NATIVE:
        try:
            import_module(name)
        except ImportError as error:
            yield Examined(name, State.BROKEN, f"cannot be loaded: {error}", _REINSTALL)


def _models(settings: Settings) -> Iterator[Examined]:
    from claimcheck.models import load_embedder, load_verifier, weights

    for name in (weights.EMBEDDING, weights.TOKENIZER, weights.RETRIEVER, weights.VERIFIER, weights.CALIBRATION):
        yield _part(f"sha256 of {name}", partial(weights.weights_hash, name))
    yield _part("retriever", lambda: f"{load_embedder(settings).name} loads")
    yield _part("verifier", lambda: f"{len(load_verifier(settings).calibration.relations)} relations, calibrated")


def _library(settings: Settings) -> Examined:
    try:
        corpus = opening.describe_library(settings)
    except LibraryNotFound as error:
        return Examined("library", State.NOTE, error.message, error.next_step)
    except ClaimcheckError as error:
        return Examined("library", State.BROKEN, error.message, error.next_step)
    newest = f", the newest of {corpus.newest}" if corpus.newest else ""
    counts = f"{corpus.documents} documents in {corpus.passages} passages{newest}"
    return Examined("library", State.OK, f"{corpus.location}: {counts}, fingerprint {corpus.fingerprint[:12]}")


def _folder(subject: str, folder: Path) -> Examined:
    existing = next(place for place in (folder, *folder.absolute().parents) if place.exists())
    if existing.is_dir() and os.access(existing, os.W_OK | os.X_OK):
        return Examined(subject, State.OK, f"{folder} can be written")
    return Examined(subject, State.BROKEN, f"{folder} cannot be written", f"Change the permissions of {existing}.")


def _network(settings: Settings) -> Examined:
    if settings.offline:
        return Examined("network", State.OK, "'offline' is set: no connection is opened")
    if settings.asks_model:
        address = f" at {settings.base_url}" if settings.base_url else ""
        return Examined("network", State.OK, f"claims may be sent to the language model {settings.model}{address}")
    return Examined("network", State.OK, "not needed; a page is fetched only where you name its address")


def _demonstration() -> Path:
    from claimcheck.demonstration import demonstration_notes

    return demonstration_notes()


def _part(subject: str, examine: Callable[[], str]) -> Examined:
    try:
        return Examined(subject, State.OK, examine())
    except ClaimcheckError as error:
        return Examined(subject, State.BROKEN, error.message, error.next_step)
