"""How fast evidence is added, against what the embedder alone can do, and how much memory that takes.

``python -m evals.ingest`` writes a corpus of made-up text, embeds its passages without a library, then adds it to a new
one, and prints a Markdown table. The corpus is the same for the same arguments.
"""

from __future__ import annotations

import argparse
import random
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Self, cast

from claimcheck.library.ingest import GROUP
from claimcheck.library.library import Library
from claimcheck.library.passages import split_passages
from claimcheck.models import load_embedder
from claimcheck.settings import load_settings
from claimcheck.types import Document, Embedder

_SEED = 20250601
_PARAGRAPHS = 24
# Words of several languages and scripts, so that the tokenizer and the full-text index have their usual work.
_WORDS = {
    "en": "the ministry said plant open output rose percent report year contract signed delivery company port",
    "es": "el ministerio dijo planta abrirá producción aumentó informe año contrato firmado entrega empresa puerto",
    "de": "das Ministerium sagte Werk eröffnet Ausstoß stieg Prozent Bericht Jahr Vertrag Lieferung Unternehmen Hafen",
    "ko": "정부는 공장을 생산이 보고서에 계약을 체결했다 납품은 회사의 협정이 항구에서 발표했다 내년에 증가했다 장관이",
}
_COLD = """
import sys, time
start = time.perf_counter()
import chromadb
imported = time.perf_counter()
from pathlib import Path
from claimcheck.library.library import Library
with Library.open(Path(sys.argv[1])) as library:
    library.nearest([1.0] + [0.0] * (int(sys.argv[2]) - 1), 10)
    print(imported - start, time.perf_counter() - imported)
"""


class Instant:
    """An embedder that takes no time, to see what the library takes by itself."""

    name = "instant"
    dimension = 384

    def embed_passages(self, texts: list[str]) -> list[list[float]]:
        """Vectors of normally distributed numbers."""
        import numpy as np

        drawn = np.random.default_rng(len(texts)).standard_normal((len(texts), self.dimension))
        unit: list[list[float]] = (drawn / np.linalg.norm(drawn, axis=1, keepdims=True)).tolist()
        return unit

    def embed_claims(self, texts: list[str]) -> list[list[float]]:
        """As for passages."""
        return self.embed_passages(texts)


def write_corpus(folder: Path, passages: int) -> list[str]:
    """Files of made-up text that make at least so many passages; returns the passages."""
    made: list[str] = []
    for number, text in enumerate(_texts(random.Random(_SEED))):  # noqa: S311 - made-up text needs no secrecy
        lang = list(_WORDS)[number % len(_WORDS)]
        made += [passage.text for passage in split_passages(Document(id="made-up", text=text, lang=lang))]
        (folder / f"{number:05}.txt").write_text(text, encoding="utf-8")
        if len(made) >= passages:
            return made
    return made


class Stopwatch:
    """Seconds by the clock, and seconds that the cores of the machine worked for this process."""

    def __init__(self) -> None:
        self.wall = self.work = 0.0

    def __enter__(self) -> Self:
        self.wall -= time.perf_counter()
        self.work -= time.process_time()
        return self

    def __exit__(self, *error: object) -> None:
        self.wall += time.perf_counter()
        self.work += time.process_time()


def embed_alone(embedder: Embedder, texts: list[str], watch: Stopwatch) -> None:
    """Embed without a library, in groups as large as the library's."""
    with watch:
        for first in range(0, len(texts), GROUP):
            embedder.embed_passages(texts[first : first + GROUP])


def add(embedder: Embedder, corpus: Path, folder: Path, watch: Stopwatch) -> tuple[float, float]:
    """Add a corpus to a new library; the megabytes held at most after a quarter of it, and in the end."""
    quarter = 0.0
    with watch, Library.open(folder, embedder, create=True) as library:
        for event in library.add([corpus]):
            if not quarter and 4 * event.progress.done >= event.progress.total:
                quarter = _peak_mb()
    return quarter, _peak_mb()


def cold_start(library: Path, dimension: int) -> tuple[float, float]:
    """Seconds that a new process needs to import chromadb, and then to open a library and look one vector up."""
    done = subprocess.run(
        [sys.executable, "-c", _COLD, str(library), str(dimension)], capture_output=True, text=True, check=True
    )
    imported, opened = map(float, done.stdout.split())
    return imported, opened


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Measure how fast evidence is added.")
    parser.add_argument("--passages", type=int, default=10_000, help="size of the corpus")
    parser.add_argument("--instant", action="store_true", help="with an embedder that takes no time")
    arguments = parser.parse_args()
    embedder = cast(Embedder, Instant() if arguments.instant else load_embedder(load_settings()))
    with TemporaryDirectory() as name:
        corpus, library = Path(name) / "corpus", Path(name) / "library"
        corpus.mkdir()
        texts = write_corpus(corpus, arguments.passages)
        half = len(texts) // 2
        # Half before and half after, so that a machine that slows down or speeds up favours neither side.
        alone, adding = Stopwatch(), Stopwatch()
        embed_alone(embedder, texts[:half], alone)
        quarter, end = add(embedder, corpus, library, adding)
        embed_alone(embedder, texts[half:], alone)
        imported, opened = cold_start(library, embedder.dimension)
    rows = {
        "passages": f"{len(texts):,}",
        "embedder alone": f"{len(texts) / alone.wall:,.1f} passages/s",
        "adding": f"{len(texts) / adding.wall:,.1f} passages/s",
        "rate of adding / rate of the embedder alone": f"{alone.wall / adding.wall:.0%}",
        "the same by processor time": f"{alone.work / adding.work:.0%}",
        "processor time a passage, embedder alone": f"{1000 * alone.work / len(texts):.2f} ms",
        "processor time a passage, adding": f"{1000 * adding.work / len(texts):.2f} ms",
        "most memory, first quarter": f"{quarter:,.0f} MB",
        "most memory, whole": f"{end:,.0f} MB",
        "cold start: import chromadb": f"{imported:.2f} s",
        "cold start: open the library, one lookup": f"{opened:.2f} s",
    }
    print("| measure | value |\n|---|---|")
    for measure, value in rows.items():
        print(f"| {measure} | {value} |")


def _texts(chance: random.Random) -> Iterator[str]:
    while True:
        for words in _WORDS.values():
            yield "\n\n".join(_paragraph(chance, words.split()) for _ in range(_PARAGRAPHS))


def _paragraph(chance: random.Random, words: list[str]) -> str:
    return " ".join(_sentence(chance, words) for _ in range(chance.randint(2, 6)))


def _sentence(chance: random.Random, words: list[str]) -> str:
    chosen = [*chance.choices(words, k=chance.randint(6, 24)), str(chance.randint(1, 9999))]
    return " ".join(chosen).capitalize() + "."


def _peak_mb() -> float:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1e6 if sys.platform == "darwin" else peak / 1e3


if __name__ == "__main__":
    main()
