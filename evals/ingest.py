"""How fast evidence is added, against what the embedder alone can do, and how much memory that takes.

``python -m evals.ingest`` writes a corpus of made-up text, embeds its passages without a library, then adds it to a new
one, and prints a Markdown table. The corpus is the same for the same arguments.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from claimcheck.library.ingest import GROUP
from claimcheck.library.library import Library
from claimcheck.library.passages import split_passages
from claimcheck.models import load_embedder
from claimcheck.protocols import Embedder
from claimcheck.types import Document
from evals.shipped import as_shipped, run_bare
from evals.timing import Figures, Stopwatch, peak_mb

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
    """An embedder that takes no time, to see what the library takes by itself: a random unit vector for each text."""

    name = "instant"
    dimension = 384

    def __init__(self) -> None:
        self._chance = np.random.default_rng(_SEED)

    def embed_passages(self, texts: Sequence[str]) -> list[list[float]]:
        """Vectors of normally distributed numbers."""
        drawn = self._chance.standard_normal((len(texts), self.dimension))
        unit: list[list[float]] = (drawn / np.linalg.norm(drawn, axis=1, keepdims=True)).tolist()
        return unit

    def embed_claims(self, texts: Sequence[str]) -> list[list[float]]:
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
                quarter = peak_mb()
    return quarter, peak_mb()


def cold_start(library: Path, dimension: int) -> tuple[float, float]:
    """Seconds that a new process needs to import chromadb, and then to open a library and look one vector up."""
    done = run_bare([sys.executable, "-c", _COLD, str(library), str(dimension)])
    imported, opened = map(float, done.stdout.split())
    return imported, opened


def measure(passages: int, embedder: Embedder) -> Figures:
    """Rates of embedding alone and of adding, what they come to, and the memory held.

    Args:
        passages: size of the corpus.
        embedder: what embeds it.
    """
    with TemporaryDirectory() as name:
        corpus, library = Path(name) / "corpus", Path(name) / "library"
        corpus.mkdir()
        texts = write_corpus(corpus, passages)
        half = len(texts) // 2
        # Half before and half after, so that a machine that slows down or speeds up favours neither side.
        alone, adding = Stopwatch(), Stopwatch()
        embed_alone(embedder, texts[:half], alone)
        quarter, end = add(embedder, corpus, library, adding)
        embed_alone(embedder, texts[half:], alone)
        imported, opened = cold_start(library, embedder.dimension)
    return {
        "passages": len(texts),
        "embedder alone, passages/s": len(texts) / alone.wall,
        "adding, passages/s": len(texts) / adding.wall,
        "rate of adding / rate of the embedder alone": alone.wall / adding.wall,
        "the same by processor time": alone.work / adding.work,
        "processor time a passage, embedder alone, ms": 1000 * alone.work / len(texts),
        "processor time a passage, adding, ms": 1000 * adding.work / len(texts),
        "most memory, first quarter, MB": quarter,
        "most memory, whole, MB": end,
        "open the library and look up once / import chromadb": opened / imported,
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Measure how fast evidence is added.")
    parser.add_argument("--passages", type=int, default=10_000, help="size of the corpus")
    parser.add_argument("--instant", action="store_true", help="with an embedder that takes no time")
    parser.add_argument("--json", action="store_true", help="print JSON, not a table")
    options = parser.parse_args()
    figures = measure(options.passages, Instant() if options.instant else load_embedder(as_shipped()))
    if options.json:
        print(json.dumps(figures))
        return
    print("| measure | value |\n|---|---|")
    for name, value in figures.items():
        print(f"| {name} | {value:,.4g} |")


def _texts(chance: random.Random) -> Iterator[str]:
    while True:
        for words in _WORDS.values():
            yield "\n\n".join(_paragraph(chance, words.split()) for _ in range(_PARAGRAPHS))


def _paragraph(chance: random.Random, words: list[str]) -> str:
    return " ".join(_sentence(chance, words) for _ in range(chance.randint(2, 6)))


def _sentence(chance: random.Random, words: list[str]) -> str:
    chosen = [*chance.choices(words, k=chance.randint(6, 24)), str(chance.randint(1, 9999))]
    return " ".join(chosen).capitalize() + "."


if __name__ == "__main__":
    main()
