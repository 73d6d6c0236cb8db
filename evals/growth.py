"""How the time and memory of a look-up grow with the library: 1,000 to 100,000 passages of made-up words.

Words are drawn as they are in real text, a few often and most hardly ever (Zipf 1935), and each passage has a random
unit vector: what is measured is the library, not the models. Each size is looked into by a process of its own.
"""

from __future__ import annotations

import json
import resource
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from claimcheck.errors import EvaluationError
from claimcheck.library.events import Failed
from claimcheck.library.library import Library
from claimcheck.retrieve.hybrid import HybridRetriever
from claimcheck.types import Claim, Span
from evals.ingest import Instant
from evals.progress import Watch
from evals.sets import ROOT
from evals.shipped import as_shipped, run_bare
from evals.timing import seconds

SIZES: Final = (1_000, 3_000, 10_000, 30_000, 100_000)
_LOOKUPS: Final = 100
_SEED: Final = 11
_WORDS: Final = 50_000
_SYLLABLES: Final = [c + v for c in "bdfglmnprstv" for v in ("a", "e", "i", "o", "u", "ar", "en", "is")]
_SENTENCES, _WORDS_EACH = 4, 14
_CLAIM_WORDS: Final = 12


def measure(watch: Watch) -> dict[str, Any]:
    """Seconds of a look-up and megabytes held at each size, and the lines through them.

    Raises:
        EvaluationError: a passage cannot be added.
    """
    rows = []
    with TemporaryDirectory() as place:
        folder = Path(place) / "library"
        with Library.open(folder, Instant(), create=True) as library:
            before = 0
            for step, size in enumerate(SIZES):
                _add(library, Path(place), before, size)
                before = size
                rows.append({"passages": library.summary().passages, **_looked_into(folder)})
                watch.at(step + 1, len(SIZES))
    sizes = np.array([row["passages"] for row in rows], np.float64)
    times = np.array([row["lookup_ms"] for row in rows], np.float64)
    held = np.array([row["held_mb"] for row in rows], np.float64)
    exponent, factor = np.polyfit(np.log(sizes), np.log(times), 1)
    slope, offset = np.polyfit(sizes, held, 1)
    return {
        "rows": rows,
        "fit": {
            "time_exponent": float(exponent),
            "time_factor_ms": float(np.exp(factor)),
            "memory_kb_a_passage": float(1000 * slope),
            "memory_offset_mb": float(offset),
        },
    }


def _add(library: Library, place: Path, first: int, end: int) -> None:
    notes = place / f"{first}.jsonl"
    with notes.open("w", encoding="utf-8") as file:
        for number, text in zip(range(first, end), _texts(first), strict=False):
            file.write(json.dumps({"id": f"made-{number}", "text": text, "lang": "en"}) + "\n")
    for event in library.add([notes], as_shipped(max_file_mb=1000)):
        if isinstance(event, Failed):
            raise EvaluationError(f"A made-up passage cannot be added: {event.reason}", event.next_step)
    notes.unlink()


def _looked_into(folder: Path) -> dict[str, float]:
    command = [sys.executable, "-m", "evals.growth", str(folder)]
    done = run_bare(command, ROOT)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def _vocabulary() -> list[str]:
    chance = np.random.default_rng(_SEED)
    return ["".join(chance.choice(_SYLLABLES, int(chance.integers(2, 5)))) for _ in range(_WORDS)]


def _ranks(chance: np.random.Generator, count: int) -> NDArray[np.int64]:
    # Drawn by the inverse of the logarithm, which is the distribution function of ranks under Zipf's law.
    drawn = np.exp(chance.random(count) * np.log(_WORDS)).astype(np.int64)
    ranks: NDArray[np.int64] = np.minimum(drawn, _WORDS) - 1
    return ranks


def _texts(seed: int) -> Iterator[str]:
    words, chance = _vocabulary(), np.random.default_rng(_SEED + 1 + seed)
    while True:
        ranks = _ranks(chance, _SENTENCES * _WORDS_EACH).reshape(_SENTENCES, _WORDS_EACH)
        yield " ".join(" ".join(words[rank] for rank in row).capitalize() + "." for row in ranks)


def _claims() -> Sequence[Claim]:
    words, chance = _vocabulary(), np.random.default_rng(_SEED)
    texts = [" ".join(words[rank] for rank in _ranks(chance, _CLAIM_WORDS)) for _ in range(_LOOKUPS)]
    return [Claim(id="c", span=Span(start=0, end=len(t)), quote=t, text=t, lang="en") for t in texts]


def _held_mb() -> float:
    status = Path("/proc/self/status")
    if status.is_file():
        line = next(line for line in status.read_text(encoding="utf-8").splitlines() if line.startswith("VmRSS"))
        return int(line.split()[1]) / 1e3
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3)


def main(folder: Path) -> None:
    """Looks claims up in the library in a folder, and prints what that takes as JSON."""
    claims = _claims()
    with Library.open(folder, Instant()) as library:
        retriever = HybridRetriever(library, library.embedder, as_shipped())
        retriever.retrieve(claims[0])
        whole = [seconds(lambda claim=claim: retriever.retrieve(claim)) for claim in claims]  # type: ignore[misc]
        words = [seconds(lambda claim=claim: library.lexical(claim.text, "en", 40)) for claim in claims]  # type: ignore[misc]
        json.dump(
            {
                "lookup_ms": 1000 * float(np.median(whole)),
                "words_ms": 1000 * float(np.median(words)),
                "held_mb": _held_mb(),
            },
            sys.stdout,
        )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
