"""The sets that train, their weight in the mix, and the splits.

Sets are read by path from ``CLAIMCHECK_DATA`` (default ``../shared/data``); the project's own written pairs lie in
``training/data/written``, each claim with the numbers of the sentences that decide it.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from claimcheck.text.sentences import split_sentences
from training.labels import NOT_SUPPORTS, RELATIONS

DATA = Path(os.environ.get("CLAIMCHECK_DATA", "../shared/data"))
WRITTEN = Path(__file__).parent / "data" / "written"
SKIPPED_SETS = ("promise", "written")
"""``promise`` has no pairs; ``written`` is read with its deciding sentences from ``WRITTEN``."""


@dataclass
class Pair:
    """A claim, the sentences of its evidence, and the relation between them.

    ``deciding`` holds the indices of the deciding sentences, or None where nobody marked them.
    """

    claim: str
    sentences: list[str]
    label: str
    source: str
    group: str
    split: str = "train"
    date: str = ""
    deciding: list[int] | None = None
    lang: str = ""
    evidence_lang: str = ""
    perturbed: bool = field(default=False)


def share(key: str) -> float:
    """A stable number in [0, 1) for a key, to split by."""
    return int.from_bytes(hashlib.sha256(key.encode()).digest()[:6]) / 2**48


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)


def _pair(row: dict[str, str], source: str) -> Pair:
    label = {"nei": "unrelated", "partly": NOT_SUPPORTS}.get(row["label"], row["label"])
    evidence = row["evidence"]
    lang = row.get("evidence_lang", row.get("lang")) or "en"
    sentences = [evidence[s.start : s.end] for s in split_sentences(evidence, lang)] or [evidence]
    deciding = None
    if label == "unrelated":
        deciding = []
    elif len(sentences) == 1 and label != NOT_SUPPORTS:
        deciding = [0]
    return Pair(
        row["claim"], sentences, label, source, group=row.get("item", row["claim"]), date=row.get("date") or "",
        deciding=deciding, lang=row.get("lang", ""), evidence_lang=lang,
    )  # fmt: skip


def public_pairs(folder: str = "train") -> Iterator[Pair]:
    """The pairs of every public set of ``train`` or ``measure``; in ``train`` 2 in 100 claims are kept for dev."""
    for path in sorted((DATA / folder).glob("*.jsonl.gz")):
        source = path.name.removesuffix(".jsonl.gz")
        if source == "promise" or (folder == "train" and source in SKIPPED_SETS):
            continue
        for row in _rows(path):
            if "claim" not in row or row.get("label") not in {*RELATIONS, "nei", NOT_SUPPORTS, "partly"}:
                continue
            pair = _pair(row, source)
            if folder == "measure":
                pair.split = "measure"
            elif share(pair.claim) < 0.02:
                pair.split = "dev"
            yield pair


def written_pairs() -> Iterator[Pair]:
    """The project's own pairs; 6 in 100 items are kept for dev, a tenth of the items only measures.

    Of the items that ``measure/written`` names nothing is given here, that set does.
    """
    measured = {row["item"] for row in _rows(DATA / "measure" / "written.jsonl.gz")}
    published = measured | {row["item"] for row in _rows(DATA / "train" / "written.jsonl.gz")}
    for path in sorted(WRITTEN.glob("*.jsonl.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as file:
            for line in file:
                item = json.loads(line)
                if item["id"] in measured:
                    continue
                split = "dev" if share(item["id"]) < 0.06 else "train"
                if item["id"] not in published and share(item["id"]) > 0.9:
                    split = "measure"
                for claim in item["claims"]:
                    yield Pair(
                        claim["claim"], item["sentences"], claim["label"], "written", item["id"], split,
                        date=item.get("date") or "", deciding=claim["deciding"], lang=claim["lang"],
                        evidence_lang=item["lang"],
                    )  # fmt: skip
