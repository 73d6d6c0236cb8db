"""The steps that need torch, on the toy world: train, go on after a kill, distil, evaluate, calibrate, retrieve."""

import json
import random
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from conftest import World
from hypothesis import given, settings
from hypothesis import strategies as st

torch = pytest.importorskip("torch", reason="training needs torch: run `make test-training`")

from training import baselines, calibrate, contrastive, evaluate, train
from training.batches import DECIDED_SOMEWHERE, UNRELATED, Batch, collate
from training.labels import LABELS, NOT_SUPPORTS, UNDECIDED_WEIGHT, WRITTEN
from training.model import VerifierNet, joined
from training.scores import read_table

torch.set_num_threads(1)  # two threads wait for each other longer than so small a net takes
DRAW = 96
Run = Callable[..., list[dict[str, float]]]
SMALL = ["--draws", "5", "--tokens", "2048", "--device", "cpu", "--dropout", "0"]
KILLED = """
import os, signal
import torch
from training import train
torch.set_num_threads(1)
train.DRAW, train.SAVE_SECONDS = {draw}, -1.0
saved, save = [], torch.save
def save_and_die(state, path):
    saved.append(path)
    if len(saved) == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    save(state, path)
torch.save = save_and_die
train.main()
"""


@pytest.fixture(scope="module")
def run_train(world: World) -> Run:
    """Runs the step with small draws; gives the lines of its log."""

    def run(out: Path, *arguments: str) -> list[dict[str, float]]:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(train, "DRAW", DRAW)
            patch.setattr(sys, "argv", ["train", "--out", str(out), "--work", str(world.work), *SMALL, *arguments])
            train.main()
        return [json.loads(line) for line in out.with_suffix(".log").read_text().splitlines()]

    return run


@pytest.fixture(scope="module")
def teacher(world: World, run_train: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("teacher") / "teacher.npz"
    log = run_train(out, "--draws", "12", "--rate", "3e-3", "--seed", "3")
    assert log[-1]["loss"] < log[0]["loss"]
    return out


def net_of(world: World, path: Path | None) -> VerifierNet:
    return train.load(path, world.work / "base.npz", "cpu")


def a_batch(world: World, count: int = 12) -> Batch:
    pairs = world.pairs
    return collate([pairs.plain(int(i))[0] for i in pairs.select("train", ["written"])[:count]], pairs.pad)


def test_training_goes_on_after_a_kill_as_if_nothing_had_happened(world: World, run_train: Run, tmp_path: Path) -> None:
    whole, killed = tmp_path / "whole.npz", tmp_path / "killed.npz"
    run_train(whole)
    command = [sys.executable, "-c", KILLED.format(draw=DRAW), "--out", str(killed), "--work", str(world.work), *SMALL]
    ended = subprocess.run(command, capture_output=True, check=False, text=True)
    assert ended.returncode == -signal.SIGKILL, ended.stderr
    assert killed.with_suffix(".state.pt").exists()
    assert not killed.exists()
    log = run_train(killed)
    assert [line["draw"] for line in log] == [0, 1, 2, 2, 3, 4], "draw 2 was done, not saved, and done again"
    assert not killed.with_suffix(".state.pt").exists()
    with np.load(whole) as one, np.load(killed) as other:
        assert set(one.files) == set(other.files)
        for name in one.files:
            assert np.allclose(one[name], other[name], atol=2e-3), name


def test_a_checkpoint_gives_back_the_same_net(world: World, teacher: Path, tmp_path: Path) -> None:
    net = net_of(world, teacher)
    net.save(tmp_path / "again.npz")
    with np.load(teacher) as one, np.load(tmp_path / "again.npz") as other:
        assert {name: one[name].tolist() for name in one.files} == {name: other[name].tolist() for name in other.files}


def test_the_mix_turns_from_public_sets_to_the_written_pairs(world: World) -> None:
    pairs = world.pairs
    written = [pairs.sources.index(name) for name in WRITTEN]
    early, late = (
        np.mean(
            [pairs.source[i] in written for i in train.draw(pairs, random.Random(1), train.shares(progress), DRAW * 10)]
        )
        for progress in (0.1, 0.9)
    )
    assert early < 0.5 < late


def test_a_mix_can_be_named_and_has_as_many_decided_pairs_of_worlds_as_undecided(world: World) -> None:
    pairs, worlds = world.pairs, world.pairs.sources.index("worlds")
    chosen = np.array(train.draw(pairs, random.Random(1), train.mix_of("worlds=0.5, public=0.25"), 4000))
    told = chosen[pairs.source[chosen] == worlds]
    assert len(told) / len(chosen) == pytest.approx(2 / 3, abs=0.01)
    assert np.mean(pairs.label[told] == UNRELATED) == pytest.approx(0.5, abs=0.01)


def test_a_mix_can_name_the_worlds_of_one_file(world: World) -> None:
    pairs = world.pairs
    name = next(str(f) for f in pairs.families[pairs.family[pairs.select("train", ["worlds"])]]).partition("-")[0]
    chosen = train.draw(pairs, random.Random(1), train.mix_of(f"{name}=0.5"), 400)
    assert len(chosen) == 200
    assert {str(pairs.families[pairs.family[i]]).partition("-")[0] for i in chosen} == {name}


def test_frozen_layers_stay_as_they_are(world: World, teacher: Path, run_train: Run, tmp_path: Path) -> None:
    out = tmp_path / "frozen.npz"
    run_train(out, "--start", str(teacher), "--freeze", "1", "--rate", "1e-3")
    with np.load(teacher) as before, np.load(out) as after:
        moved = {name for name in before.files if not np.array_equal(before[name], after[name])}
    assert moved
    assert all(name.startswith(("l1.", "head.")) for name in moved)


def test_distilling_nears_the_student_to_its_teachers(world: World, teacher: Path) -> None:
    batch, student = a_batch(world), net_of(world, None).train()
    with torch.inference_mode():
        passage, sentence = train.forward(net_of(world, teacher).eval(), batch, "cpu", 0.0)
    taught = [(passage.clone(), sentence.clone())]
    assert train.distillation(passage, sentence, taught).item() == pytest.approx(0, abs=1e-5)
    optimiser = torch.optim.AdamW(student.parameters(), lr=3e-3)
    losses = []
    for _ in range(8):
        loss = train.distillation(*train.forward(student, batch, "cpu", 0.0), taught)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    assert losses[-1] < 0.5 * losses[0]


def test_a_student_of_teachers_is_trained_and_differs_from_its_start(
    world: World, teacher: Path, run_train: Run, tmp_path: Path
) -> None:
    student = tmp_path / "student.npz"
    log = run_train(student, "--start", str(teacher), "--teachers", str(teacher), str(teacher), "--rate", "1e-3")
    assert len(log) == 5
    assert all(np.isfinite(line["loss"]) for line in log)
    with np.load(teacher) as one, np.load(student) as other:
        assert not np.array_equal(one["head.passage.w"], other["head.passage.w"])


@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(-8, 8), min_size=7, max_size=7))
def test_two_questions_give_a_distribution_over_the_relations(logits: list[float]) -> None:
    found = joined(torch.tensor(logits)).exp()
    assert float(found.sum()) == pytest.approx(1, abs=1e-4)
    content, realised = torch.tensor(logits[:3]).softmax(0), torch.tensor(logits[3:]).softmax(0)
    assert float(found[0]) == pytest.approx(float(content[0] * realised[0]), abs=1e-4)
    assert float(found[UNRELATED]) == pytest.approx(float(content[2]), abs=1e-4)


def test_two_heads_train_and_are_read_back(world: World, run_train: Run, tmp_path: Path) -> None:
    out = tmp_path / "two.npz"
    log = run_train(out, "--heads", "two", "--draws", "8", "--rate", "3e-3")
    assert log[-1]["loss"] < log[0]["loss"]
    passage, sentence = train.forward(net_of(world, out).eval(), a_batch(world), "cpu", 0.0)
    assert passage.shape[1] == sentence.shape[1] == 5
    assert passage.exp().sum(1).detach().numpy() == pytest.approx(1, abs=1e-3)


def test_soft_labels_teach_the_sentences_that_they_know_and_no_others(
    world: World, teacher: Path, run_train: Run, tmp_path: Path
) -> None:
    pairs, batch = world.pairs, a_batch(world)
    own = pairs.select("train", ["written"])[:12]
    numbers = [n for row in range(len(own)) for n in range(int((batch.rows == row).sum()))]
    batch = replace(batch, pairs=own[batch.rows], numbers=np.array(numbers))
    index = own[:6]
    np.savez(tmp_path / "soft.npz", **evaluate.predict(net_of(world, teacher), pairs, index, "cpu"))
    soft = train.SoftLabels(tmp_path / "soft.npz", len(pairs), "cpu")
    _, sentence = train.forward(net_of(world, teacher).eval(), batch, "cpu", 0.0)
    sentence = sentence.detach()
    assert float(soft.divergence(batch, sentence)) == pytest.approx(0, abs=2e-3)
    wrong = sentence.clone()
    wrong[torch.from_numpy(batch.rows) >= 6] = 0
    assert float(soft.divergence(batch, wrong)) == pytest.approx(0, abs=2e-3)
    wrong[torch.from_numpy(batch.rows) < 6] = torch.tensor([9.0, 0, 0, 0, 0])
    assert float(soft.divergence(batch, wrong)) > 0.1
    log = run_train(tmp_path / "taught.npz", "--soft", str(tmp_path / "soft.npz"))
    assert all(np.isfinite(line["loss"]) for line in log)


def a_loss(world: World, batch: Batch, passage: list[float], sentence: list[float]) -> float:
    whole = torch.tensor([passage] * len(batch.labels))
    single = torch.tensor([sentence] * len(batch.rows))
    return float(train.losses(batch, whole, single, "cpu"))


@pytest.mark.parametrize("label", range(len(LABELS)), ids=LABELS)
def test_the_loss_is_least_where_the_passage_is_judged_rightly(world: World, label: int) -> None:
    batch = a_batch(world, 1)
    batch = replace(batch, labels=np.array([label]), sentence_labels=np.full(len(batch.rows), -100))
    flat = [0.0] * 5
    by_answer = [a_loss(world, batch, [6.0 * (answer == r) for r in range(5)], flat) for answer in range(5)]
    best = {int(np.argmin(by_answer))}
    assert best <= ({1, 2, 3, UNRELATED} if LABELS[label] == NOT_SUPPORTS else {label})


def test_an_unmarked_pair_asks_for_one_deciding_sentence_whichever_it_is(world: World) -> None:
    batch = a_batch(world, 1)
    unmarked = np.full(len(batch.rows), DECIDED_SOMEWHERE)
    batch = replace(batch, labels=np.array([0]), sentence_labels=unmarked)
    passage = torch.zeros(1, 5)

    def loss(*supporting: int) -> float:
        sentence = torch.zeros(len(batch.rows), 5)
        sentence[:, UNRELATED] = 8
        for place in supporting:
            sentence[place, 0], sentence[place, UNRELATED] = 8, 0
        return float(train.losses(batch, passage, sentence, "cpu"))

    assert loss(1) == pytest.approx(loss(2), abs=1e-3)
    assert loss(1) < loss() - 1
    assert loss(1, 2) == pytest.approx(loss(1), abs=0.01), "one is enough"


@pytest.fixture(scope="module")
def evaluated(world: World, teacher: Path) -> Path:
    """The folder with the logits and the table of the teacher."""
    with pytest.MonkeyPatch.context() as patch:
        arguments = ["--out", str(teacher.parent / "logits.npz"), "--table", str(teacher.parent / "table.json")]
        patch.setattr(sys, "argv", ["e", str(teacher), "--work", str(world.work), "--device", "cpu", *arguments])
        evaluate.main()
    return teacher.parent


def test_the_sentence_likeliest_to_matter_speaks_for_the_pair() -> None:
    logits = np.full((2, 3, 5), np.nan)
    logits[0, :2] = [[0, 0, 0, 0, 9], [3, 0, 0, 0, 0]]
    logits[1, :3] = [[0, 0, 0, 2, 0], [0, 0, 0, 0, 5], [0, 4, 0, 0, 0]]
    found = evaluate.decisive(logits)
    assert found.argmax(axis=1).tolist() == [0, 1]
    assert found.sum(axis=1) == pytest.approx(1)


def test_evaluating_measures_every_set_of_enough_pairs(evaluated: Path) -> None:
    scores, more = read_table(evaluated / "table.json")
    assert {(s.split, s.set) for s in scores} >= {("measure", n) for n in ("fever", "rte", "written")}
    assert all(0 <= s.macro_f1 <= 1 and 0 <= s.accuracy <= 1 for s in scores)
    assert more["checkpoint"] == "teacher"
    assert 0 <= more["deciding_found"] <= 1
    assert more["deciding_of"] > 0


def test_the_table_can_be_made_again_from_the_logits(
    world: World, evaluated: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    again = evaluated / "again.json"
    arguments = [str(evaluated / "logits.npz"), "--work", str(world.work), "--table", str(again)]
    monkeypatch.setattr(sys, "argv", ["evaluate", *arguments])
    evaluate.main()
    assert read_table(again)[0] == read_table(evaluated / "table.json")[0]


def test_a_pair_is_predicted_the_same_alone_and_among_others(world: World, teacher: Path) -> None:
    pairs, net = world.pairs, net_of(world, teacher)
    chosen = pairs.select("measure")
    together = evaluate.predict(net, pairs, chosen, "cpu")
    for place in (0, 40, len(chosen) - 1):
        alone = evaluate.predict(net, pairs, chosen[place : place + 1], "cpu")
        assert np.allclose(alone["passage"][0], together["passage"][place], atol=0.05)
        count = len(pairs.texts(int(chosen[place])))
        assert np.isfinite(together["sentences"][place, :count]).all()
        assert np.isnan(together["sentences"][place, count:]).all()


def test_baselines_of_a_checkpoint_see_no_evidence_of_the_pair(
    world: World, teacher: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = tmp_path / "baselines.json"
    monkeypatch.setattr(sys, "argv", ["b", str(teacher), "--work", str(world.work), "--table", str(table)])
    baselines.main()
    found = json.loads(table.read_text())
    assert list(found["baselines"]) == ["majority", "overlap", "model", "claim only", "shuffled"]
    assert all(len(rows) == 4 for rows in found["baselines"].values())


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 1000), st.floats(2.0, 6.0))
def test_calibration_takes_back_overconfidence(seed: int, factor: float) -> None:
    rng = np.random.default_rng(seed)
    honest = rng.normal(0, 1.5, (5000, 5))
    chances = calibrate.apply(honest, (1.0, np.zeros(5)))
    truth = np.array([rng.choice(5, p=row) for row in chances])
    (temperature, bias), figures = calibrate.calibrated(honest * factor, truth, np.arange(5000))
    assert temperature == pytest.approx(factor, rel=0.2)
    # What decides nothing counts for less, and so is taken for less likely by as much.
    undecided = np.log(np.where(np.arange(5) == UNRELATED, UNDECIDED_WEIGHT, 1.0))
    assert bias == pytest.approx(undecided - undecided.mean(), abs=0.25)
    assert figures["after"] < figures["before"]
    assert figures["after"] < 0.06


def test_calibration_is_fitted_on_dev_alone_and_written_beside_the_weights(
    world: World, evaluated: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pairs = world.pairs
    written = pairs.select("dev", WRITTEN)
    whole, _, groups = calibrate.heads(pairs, evaluated / "logits.npz")["passage"]
    assert len(whole) == len(written)
    assert set(groups) == set(pairs.group[written])
    (tmp_path / "verifier.json").write_text(json.dumps({"thresholds": {"settled": 0.4}}))
    monkeypatch.setattr(calibrate, "FOLDER", tmp_path)
    arguments = [str(evaluated / "logits.npz"), "--work", str(world.work), "--write"]
    monkeypatch.setattr(sys, "argv", ["calibrate", *arguments, "--table", str(tmp_path / "table.json")])
    calibrate.main()
    result = json.loads((tmp_path / "verifier.json").read_text())
    assert result["thresholds"] == {"settled": 0.4}
    assert result["relations"] == list(LABELS[:5])
    assert result["passage_temperature"] > 0
    assert len(result["sentence_bias"]) == 5
    assert set(json.loads((tmp_path / "table.json").read_text())) == {"passage", "sentence"}


def test_the_retriever_trains_and_stays_near_its_backbone(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "retriever.npz"
    arguments = ["--work", str(world.work), "--minutes", "0.04", "--batch", "48", "--rate", "1e-3", "--device", "cpu"]
    monkeypatch.setattr(sys, "argv", ["contrastive", "--out", str(out), *arguments])
    contrastive.main()
    printed = capsys.readouterr().out
    assert "before {" in printed
    assert "after {" in printed
    before = contrastive.encoder(world.work / "base.npz", "cpu")
    with np.load(out) as saved:
        assert set(saved.files) == set(before.names())
        moved = max(float(np.abs(saved[n].ravel() - v.ravel()).max()) for n, v in before.arrays().items())
    assert 0 < moved < 0.5


def test_a_window_of_a_passage_holds_a_deciding_sentence(world: World) -> None:
    pairs = world.pairs
    prefixes = json.loads((world.work / "prefixes.json").read_text())
    collection = contrastive.Collection(pairs, "train", prefixes)
    index = next(
        int(i) for i in collection.indices if int(pairs.source[i]) in collection.written and pairs.deciding[i] > 0
    )
    at = int(pairs.deciding[index]).bit_length() - 1
    decider = pairs.text(pairs.texts(index)[at])
    rng = random.Random(1)
    lists = [collection.passage(index, rng) for _ in range(60)]
    assert len({len(tokens) for tokens in lists}) > 1
    text = " ".join(map(str, decider))
    assert all(text in " ".join(map(str, tokens)) for tokens in lists)
