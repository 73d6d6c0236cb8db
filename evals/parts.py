"""Parts of a measurement: a suite on one set. A part whose inputs are unchanged is not measured again."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import subprocess
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from claimcheck.batch.files import write_whole
from claimcheck.cli.progress import note
from claimcheck.errors import EvaluationError
from claimcheck.extract import heads
from claimcheck.models import weights
from evals import unchanged
from evals.progress import Shown, Watch
from evals.sets import DATA, ROOT, Missing, sha256_of

OUT: Final = Path("out/eval")
_PACKAGES: Final = ("chromadb", "numpy", "onnxruntime", "sentencex", "tokenizers")
CORE: Final = tuple(
    f"claimcheck/{name}" for name in ("*.py", "decide", "library", "models", "readers", "retrieve", "text", "verify")
)
"""The code that a verdict comes from; what only shows it is left out."""

Measured = dict[str, Any]
"""What a part comes to, as JSON."""


@dataclass(frozen=True)
class Part:
    """A suite on one set: ``inputs`` are all that the result depends on, each by its hash."""

    suite: str
    set: str
    inputs: Mapping[str, str]
    measure: Callable[[Watch], Measured]

    @property
    def name(self) -> str:
        """Suite and set."""
        return f"{self.suite}/{self.set}"

    @property
    def key(self) -> str:
        """Hash of the inputs."""
        return hashlib.sha256(json.dumps(dict(self.inputs), sort_keys=True).encode()).hexdigest()


@dataclass
class Plan:
    """Where things are, and what is already known of the run."""

    data: Path = DATA
    out: Path = OUT
    backbone: unchanged.Backbone | None = None
    known: Mapping[str, Measured] = field(default_factory=dict)
    """Figures of the unchanged backbone that were measured before, by part."""
    named: frozenset[str] = frozenset()
    """The suites that were named."""
    fresh: bool = False
    model: str | None = None
    base_url: str | None = None
    limit: int | None = None
    """For the suite that asks a language model: which, where, and on how many claims; unset: as the settings say."""

    def holds(self, part: Part) -> bool:
        """Whether the result of a part is kept."""
        return _kept(self.out, part).is_file()

    def needs(self, *code: str, **sets: str) -> dict[str, str]:
        """The inputs of a part: the models, the packages, its code and its sets."""
        backbone = self.backbone.name if self.backbone else "none"
        return model_hashes() | {"packages": packages(), "code": code_hash(*code), "backbone": backbone} | sets

    def backbone_figures(self, part: str, sha256: str) -> Measured:
        """The known figures of the unchanged backbone for a part of this set, where it cannot be measured here."""
        known = self.known.get(part, {})
        if self.backbone is not None or known.get("set") != sha256:
            return {}
        return {unchanged.BASELINE: {**known["figures"], "source": known["source"]}}


def run(parts: Iterable[Part | Missing], plan: Plan, *, fresh: bool = False) -> tuple[list[Measured], list[Missing]]:
    """Measures each part that is not measured yet, and keeps the result.

    Args:
        parts: what to measure; a missing set is said on standard error and handed back.
        plan: where results are kept.
        fresh: measure all of them.

    Returns:
        The results in order, and the sets that are missing.
    """
    results, missing = [], []
    with Shown() as watch:
        for part in parts:
            if isinstance(part, Missing):
                note(f"SKIPPED: {part}")
                missing.append(part)
                continue
            kept = _kept(plan.out, part)
            if not fresh and kept.is_file():
                note(f"{part.name}: unchanged since it was measured")
                results.append(read_json(kept))
                continue
            watch.begin(part.name)
            figures = part.measure(watch)
            result = {
                "suite": part.suite,
                "set": part.set,
                "inputs": dict(part.inputs),
                "day": date.today().isoformat(),
                "seconds": round(watch.end(), 1),
                **figures,
            }
            write_whole(kept, json.dumps(result, ensure_ascii=False) + "\n")
            results.append(result)
    return results, missing


def _kept(out: Path, part: Part) -> Path:
    return out / "parts" / f"{part.suite}-{part.set}-{part.key[:16]}.json"


def read_json(path: Path) -> Measured:
    """The JSON object in a file.

    Raises:
        EvaluationError: it cannot be read, or is none.
    """
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise EvaluationError(f"{path} cannot be read as results: {error}.", "Measure again with --fresh.") from error
    if not isinstance(found, dict):
        raise EvaluationError(f"{path} holds no results.", "Name a file that `claimcheck eval --out` wrote.")
    return found


@cache
def model_hashes() -> dict[str, str]:
    """The hash of each file of the models."""
    names = (weights.EMBEDDING, weights.TOKENIZER, weights.RETRIEVER, weights.VERIFIER, weights.CALIBRATION)
    found = {name: weights.weights_hash(name) for name in names}
    return found | {"heads.npz": sha256_of([Path(heads.__file__).with_name("heads.npz")])}


@cache
def packages() -> str:
    """The versions of the packages that a figure may depend on."""
    return " ".join(f"{name}=={version(name)}" for name in _PACKAGES)


@cache
def code_hash(*places: str) -> str:
    """Hash of the code and word lists at some places of the checkout: files, folders, or patterns."""
    files: set[Path] = set()
    for place in places:
        path = ROOT / place
        found = path.rglob("*") if path.is_dir() else ROOT.glob(place)
        files |= {file for file in found if file.suffix in {".py", ".toml"}}
    return sha256_of(sorted(files))


PILOT: Final = "training/pilot.toml"


def pilot() -> Measured:
    """What the project's first verifier reached."""
    return tomllib.loads((ROOT / PILOT).read_text(encoding="utf-8"))


def provenance(sets: Mapping[str, str], command: Sequence[str]) -> Measured:
    """What a page of results must say of how it was made.

    Args:
        sets: the hash of each set.
        command: the command line.
    """
    return {
        "command": " ".join(command),
        "commit": _git("rev-parse", "HEAD"),
        "changed": bool(_git("status", "--porcelain", "--untracked-files=no", "--", "claimcheck", "evals", "training")),
        "day": date.today().isoformat(),
        "models": model_hashes(),
        "sets": dict(sets),
        "packages": packages(),
        "machine": machine(),
    }


def machine() -> str:
    """Processor, cores, system and interpreter."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text(encoding="utf-8").splitlines() if info.is_file() else []
    processor = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")
    return ", ".join(
        (
            processor or platform.processor() or platform.machine(),
            f"{os.cpu_count()} cores",
            f"{platform.system()} {platform.machine()}",
            f"Python {platform.python_version()}",
        )
    )


def _git(*arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout.strip() if done.returncode == 0 else ""
