"""Other passages, among which retrieval has to find the evidence: texts of the training sets, the same every time.

They are put into a library once; every set that is measured is added to a copy of it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from shutil import rmtree
from tempfile import TemporaryDirectory
from typing import Final

import numpy as np
from numpy.typing import NDArray

from claimcheck.errors import EvaluationError
from claimcheck.library.events import Failed
from claimcheck.library.library import Library
from claimcheck.library.passages import split_passages
from claimcheck.library.words import words_of
from claimcheck.models.retriever import RetrieverModel
from claimcheck.types import Document, Passage
from evals.parts import Plan, code_hash
from evals.progress import Watch
from evals.sets import ClaimSet, PairRow, pair_files, read_pairs, set_name, sha256_of, written_items
from evals.shipped import as_shipped
from training.sources import WRITTEN, share

PASSAGES: Final = 10_000
_FEWEST_CHARACTERS: Final = 60
_MOST_OF_A_SET: Final = 1500
_WITHOUT_NEWS: Final = frozenset({"written", "realisation-templates", "realisation-rewrites", "med", "mpe", "fracas"})
"""Sets of pairs whose evidence is the written items again, or no text that a newsroom could keep."""


CODE: Final = (
    "claimcheck/library",
    "claimcheck/models",
    "claimcheck/readers",
    "claimcheck/text",
    "evals/distractors.py",
)
"""The code that a library comes from."""


def distractors(data: Path, most: int = PASSAGES) -> list[Document]:
    """Different documents of at least ``most`` passages in all, as far as there are so many.

    Args:
        data: folder of the public sets.
        most: passages wanted.
    """
    chosen: list[Document] = []
    count = 0
    seen: set[str] = set()
    for document in _texts(data):
        fingerprint = _fingerprint(document.text)
        if fingerprint in seen:
            continue
        seen.add(fingerprint)
        chosen.append(document)
        count += len(split_passages(document))
        if count >= most:
            break
    return chosen


def measured_among(documents: Sequence[Document], measured: ClaimSet) -> list[str]:
    """The ids of those whose text is one of a measured set, word for word."""
    texts = {_fingerprint(text) for text in measured.texts().values()}
    return [document.id for document in documents if _fingerprint(document.text) in texts]


def library_of(documents: Sequence[Document], plan: Plan, embedder: RetrieverModel, watch: Watch) -> Path:
    """The folder of the library that holds the distractors and nothing else; made if it is not there.

    Raises:
        EvaluationError: a distractor cannot be added.
    """
    libraries = plan.out / "libraries"
    folder = libraries / f"others-{embedder.name[-12:]}-{sources_hash(plan.data)[:8]}-{code_hash(*CODE)[:8]}"
    done = folder / "complete"
    if done.is_file():
        return folder
    for old in libraries.glob("others-*"):
        rmtree(old)
    with TemporaryDirectory() as place, Library.open(folder, embedder, create=True) as library:
        notes = Path(place) / "others.jsonl"
        notes.write_text(as_notes(documents), encoding="utf-8")
        for event in library.add([notes], as_shipped(max_file_mb=500)):
            if isinstance(event, Failed):
                raise EvaluationError(f"A distractor cannot be added: {event.reason}", event.next_step)
            watch.at(event.progress.done, event.progress.total)
    done.touch()
    return folder


def vectors_of(passages: Sequence[Passage], plan: Plan, backbone: RetrieverModel) -> NDArray[np.float32]:
    """The vectors of the distractors' passages under another embedder, kept beside the library."""
    file = plan.out / "libraries" / f"{backbone.name}-{sources_hash(plan.data)[:8]}-{code_hash(*CODE)[:8]}.npy"
    if file.is_file():
        kept: NDArray[np.float32] = np.load(file)
        return kept
    vectors = np.array(backbone.embed_passages([passage.text for passage in passages]), np.float32)
    file.parent.mkdir(parents=True, exist_ok=True)
    np.save(file, vectors)
    return vectors


def sources(data: Path) -> list[Path]:
    """The files that the distractors come from."""
    public = [file for file in pair_files(data, "train") if set_name(file) not in _WITHOUT_NEWS]
    return [*sorted(WRITTEN.glob("*.jsonl.gz")), *public]


def sources_hash(data: Path) -> str:
    """Hash of the files that the distractors come from."""
    return sha256_of(sources(data))


def _texts(data: Path) -> Iterator[Document]:
    for item in written_items():
        yield Document(id=f"other-{item.id}", text=item.text, lang=item.lang)
    for file in sources(data):
        if file.parent != WRITTEN:
            yield from _evidence(set_name(file), read_pairs(file))


def _evidence(source: str, rows: list[PairRow]) -> Iterator[Document]:
    texts = {row.evidence: row.evidence_lang or row.lang for row in rows if len(row.evidence) >= _FEWEST_CHARACTERS}
    for number, text in enumerate(sorted(texts, key=share)[:_MOST_OF_A_SET]):
        yield Document(id=f"other-{source}-{number}", text=text, lang=texts[text])


def _fingerprint(text: str) -> str:
    return " ".join(words_of(text))


def as_notes(documents: Sequence[Document]) -> str:
    """The documents as the lines of JSON that the library reads."""
    rows = ({"id": d.id, "text": d.text, "lang": d.lang} for d in documents)
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
