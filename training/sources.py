"""The sets that train, their weight in the mix, and the splits.

Sets are read by path from ``CLAIMCHECK_DATA`` (default ``../shared/data``); the project's own written pairs lie in
``training/data/written``, each claim with the numbers of the sentences that decide it, and in ``training/data/worlds``,
where several documents tell one story and each claim is judged by each of them.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any

from claimcheck.text.sentences import split_sentences
from training.labels import NOT_SUPPORTS, RELATIONS

DATA = Path(os.environ.get("CLAIMCHECK_DATA", "../shared/data"))
WRITTEN = Path(__file__).parent / "data" / "written"
WORLDS = Path(__file__).parent / "data" / "worlds"
SKIPPED_SETS = ("promise", "written")
"""``promise`` has no pairs; ``written`` is read with its deciding sentences from ``WRITTEN``."""


@dataclass
class Pair:
    """A claim, the sentences of its evidence, and the relation between them.

    ``deciding`` holds the indices of the deciding sentences, or None where nobody marked them. ``group`` names the
    evidence: an item, or ``WORLD/DOCUMENT``. ``perturbed`` pairs are made from others by program.
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

    @property
    def family(self) -> str:
        """The item or world; evidence of one family may decide another's claim of it."""
        return self.group.partition("/")[0]


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


def _lines(folder: Path) -> Iterator[dict[str, Any]]:
    for path in sorted(folder.glob("*.jsonl.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as file:
            yield from map(json.loads, file)


def written_pairs() -> Iterator[Pair]:
    """The project's own pairs; 6 in 100 items and 12 in 100 worlds are kept for dev, a tenth of both only measures.

    Of the items that ``measure/written`` names nothing is given here, that set does.
    """
    yield from chain(_item_pairs(), _world_pairs())


def _item_pairs() -> Iterator[Pair]:
    measured = {row["item"] for row in _rows(DATA / "measure" / "written.jsonl.gz")}
    published = measured | {row["item"] for row in _rows(DATA / "train" / "written.jsonl.gz")}
    for item in _lines(WRITTEN):
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


def world_split(identifier: str) -> str:
    """The split that a world is in."""
    place = share(identifier)
    return "dev" if place < 0.12 else "measure" if place > 0.9 else "train"


def worlds() -> Iterator[dict[str, Any]]:
    """The worlds as they are written: ``id``, ``docs``, ``claims`` and ``as_of``."""
    yield from _lines(WORLDS)


def _world_pairs() -> Iterator[Pair]:
    for world in worlds():
        for claim in world["claims"]:
            for document in world["docs"]:
                label, deciding = claim["relations"].get(document["id"], ("unrelated", []))
                yield Pair(
                    claim["claim"], document["sentences"], label, "worlds", f"{world['id']}/{document['id']}",
                    world_split(world["id"]), date=document["date"], deciding=deciding, lang=claim["lang"],
                    evidence_lang=document["lang"],
                )  # fmt: skip
