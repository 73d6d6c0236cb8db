"""What is measured and what is written of it: scores, baselines, thresholds, articles and the card."""

import json
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from conftest import World
from hypothesis import given
from hypothesis import strategies as st

from claimcheck.decide import Decision, Policy
from claimcheck.types import Basis, Label
from training import baselines, card
from training.articles import read_articles
from training.dev_claims import EXPECTED, Case, cases
from training.labels import LABELS, NOT_SUPPORTS, RELATIONS
from training.scores import (
    Score,
    as_rows,
    coarse,
    coarse_confidence,
    expected_calibration_error,
    macro_f1,
    markdown,
    read_table,
    sample,
    score_sets,
    write_table,
)
from training.sources import written_pairs
from training.thresholds import chosen, confidence_curves, figures, selective

SUPPORTS, PLANS, HEDGES, REFUTES, UNRELATED = range(5)
NUMBERS = st.lists(st.integers(0, 4), min_size=1, max_size=40).map(np.array)


@given(NUMBERS)
def test_what_is_right_throughout_scores_one(truth: np.ndarray) -> None:
    score, each = macro_f1(truth, truth)
    assert score == 1
    assert set(each) == set(truth.tolist())


@given(NUMBERS, st.integers(0, 1000))
def test_scores_do_not_depend_on_the_order(truth: np.ndarray, seed: int) -> None:
    rng = np.random.default_rng(seed)
    predicted, order = rng.integers(0, 5, len(truth)), rng.permutation(len(truth))
    assert macro_f1(truth, predicted) == macro_f1(truth[order], predicted[order])


def test_each_set_is_scored_in_the_relations_it_has() -> None:
    predicted = np.array([SUPPORTS, PLANS, HEDGES, REFUTES, UNRELATED])
    assert coarse("written", predicted, predicted)[1].tolist() == predicted.tolist()
    three = np.array([SUPPORTS, REFUTES, UNRELATED, SUPPORTS, REFUTES])
    assert coarse("fever", three, predicted)[1].tolist() == [SUPPORTS, UNRELATED, UNRELATED, REFUTES, UNRELATED]
    two = np.array([SUPPORTS, LABELS.index(NOT_SUPPORTS), SUPPORTS, SUPPORTS, SUPPORTS])
    truth, given_, names = coarse("rte", two, predicted)
    assert [names[t] for t in truth] == ["supported", "not supported", "supported", "supported", "supported"]
    assert [names[g] for g in given_] == ["supported", *["not supported"] * 4]


def test_sets_too_small_and_perturbed_pairs_are_not_scored(world: World) -> None:
    pairs = world.pairs
    index = np.arange(len(pairs))
    scores = score_sets(pairs, index, pairs.label.astype(np.int64), ["train", "dev", "measure"])
    assert {(s.split, s.set) for s in scores} == {
        ("dev", "written"), ("dev", "worlds"),
        *((split, name) for split in ("train", "measure") for name in pairs.sources),
    }  # fmt: skip
    assert all(s.macro_f1 == s.accuracy == 1 for s in scores)
    plain = (pairs.perturbed == 0).sum()
    assert sum(s.pairs for s in scores) <= plain


def test_calibration_is_measured_in_the_classes_of_the_set() -> None:
    sure = np.array([[0.6, 0.1, 0.1, 0.1, 0.1], [0.1, 0.2, 0.2, 0.1, 0.4]])
    given = np.array([SUPPORTS, UNRELATED])
    assert coarse_confidence(LABELS, sure, given).tolist() == [0.6, 0.4]
    three = coarse("fever", given, given)[2]
    assert coarse_confidence(three, sure, given) == pytest.approx([0.6, 0.8])
    two = coarse("rte", np.array([SUPPORTS, LABELS.index(NOT_SUPPORTS)]), given)[2]
    assert coarse_confidence(two, sure, np.array([1, 0])) == pytest.approx([0.6, 0.9])
    assert expected_calibration_error(np.array([0.9, 0.9, 0.3]), np.array([True, True, False])) == pytest.approx(
        (2 * 0.1 + 0.3) / 3
    )


def test_balanced_accuracy_weighs_each_relation_alike(world: World) -> None:
    pairs = world.pairs
    index = pairs.select("measure", ["fever"])
    (score,) = score_sets(pairs, index, np.zeros(len(index), np.int64), ["measure"])
    assert score.balanced == pytest.approx(1 / 3)
    assert score.ece is None


def test_a_table_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    scores = [Score("measure", "fever", 1461, 0.8512, 0.7741, {"supports": 0.8854})]
    write_table(tmp_path / "table.json", scores, checkpoint="student")
    assert read_table(tmp_path / "table.json") == (scores, {"checkpoint": "student"})
    assert markdown(scores)[-1] == "| measure/fever | 1,461 | 0.851 | 0.774 | supports 0.89 |"


def test_a_constant_answer_is_the_most_frequent_relation_of_the_set(world: World) -> None:
    pairs = world.pairs
    index = sample(pairs, ["measure"], 1000)
    predicted = baselines.majority(pairs, index, ["measure"])
    for source in pairs.sources:
        here = pairs.source[index] == pairs.sources.index(source)
        assert len(set(predicted[here])) == 1
    scores = {s.set: s for s in score_sets(pairs, index, predicted, ["measure"])}
    assert scores["rte"].accuracy >= 0.5


def test_overlap_is_whole_where_the_evidence_repeats_the_claim(world: World) -> None:
    pairs = world.pairs
    index = pairs.select("measure", ["written"])[:40]
    bare = baselines.without_evidence(pairs)
    assert baselines.overlap(bare, index).tolist() == [0.0] * len(index)
    shares = baselines.overlap(pairs, index)
    assert ((shares > 0) & (shares <= 1)).all()
    echo = baselines.without_evidence(pairs)
    echo.sentences = pairs.claim.astype(np.uint32)
    assert baselines.overlap(echo, index).tolist() == [1.0] * len(index)


def test_overlap_only_answers_in_the_relations_of_the_set(world: World) -> None:
    pairs = world.pairs
    index = sample(pairs, ["measure"], 1000)
    predicted = baselines.overlap_rule(pairs, index)
    two_way = pairs.source[index] == pairs.sources.index("rte")
    assert set(predicted[two_way]) <= {SUPPORTS, LABELS.index(NOT_SUPPORTS)}
    assert set(predicted[~two_way]) <= set(range(len(RELATIONS)))


def test_shuffled_evidence_is_of_another_item_of_the_same_set(world: World) -> None:
    pairs = world.pairs
    index = sample(pairs, ["measure"], 1000)
    mixed = baselines.shuffled(pairs, index, ["measure"])
    owners: dict[tuple[int, ...], set[tuple[int, int]]] = {}
    for i in pairs.select("measure"):
        owners.setdefault(tuple(pairs.texts(int(i))), set()).add((int(pairs.source[i]), int(pairs.group[i])))
    for i in index:
        givers = owners[tuple(mixed.texts(int(i)))]
        assert {source for source, _ in givers} == {int(pairs.source[i])}
        assert any(group != pairs.group[i] for _, group in givers)
    untouched = pairs.select("train")[:50]
    assert all(mixed.texts(int(i)) == pairs.texts(int(i)) for i in untouched)


def test_a_sample_holds_at_most_so_many_of_each_set(world: World) -> None:
    pairs = world.pairs
    index = sample(pairs, ["measure"], 25)
    assert np.bincount(pairs.source[index]).tolist() == [25, 25, 20, 25]
    assert len(set(index.tolist())) == len(index)


def decision(label: Label, confidence: float) -> Decision:
    return Decision(label=label, basis=Basis.SUPPORTED, confidence=confidence, rule="r", would_settle="w")


def judged(relation: str) -> tuple[object, ...]:
    return Case("c", "en", "1", date(2025, 6, 1), *EXPECTED[relation]), None, (), {}


def test_confidence_is_fitted_to_the_share_that_was_right_by_each_rule() -> None:
    rng = np.random.default_rng(0)
    raw, rules = rng.uniform(0.05, 0.95, 4000), ["honest", "boastful"] * 2000
    likely = np.where(np.arange(4000) % 2 == 0, raw, raw**3)
    curves = confidence_curves(raw, rng.uniform(size=4000) < likely, rules)
    policy = Policy(confidence_curves=curves)
    for asked in (0.3, 0.5, 0.7, 0.9):
        assert policy.calibrated(asked, "honest") == pytest.approx(asked, abs=0.05)
        assert policy.calibrated(asked, "boastful") == pytest.approx(asked**3, abs=0.08)
        assert policy.calibrated(asked**3, "other") <= policy.calibrated(asked, "other")


def test_a_rule_with_few_decisions_stays_near_all_others() -> None:
    raw = np.full(400, 0.8)
    right = np.arange(400) % 5 > 0
    right[-2:] = False
    curves = confidence_curves(raw, right, ["usual"] * 398 + ["rare"] * 2)
    policy = Policy(confidence_curves=curves)
    assert policy.calibrated(0.8, "usual") == pytest.approx(0.8, abs=0.02)
    assert 0.35 < policy.calibrated(0.8, "rare") < 0.7


def test_what_is_sure_is_counted_apart() -> None:
    confidence, right = np.array([0.9, 0.8, 0.7, 0.2]), np.array([True, True, False, False])
    assert selective(confidence, right, 0.75) == {
        "errors": 0.5, "errors_at_half": 0.0, "answered": 0.5, "errors_answered": 0.0,
    }  # fmt: skip


def test_figures_count_labels_and_how_proven_fares() -> None:
    claims = [judged("supports"), judged("supports"), judged("refutes"), judged("plans")]
    labels = (Label.PROVEN, Label.SPECULATIVE, Label.PROVEN, Label.ASPIRATIONAL)
    found = figures(claims, [decision(label, 0.5) for label in labels])  # type: ignore[arg-type]
    assert found["label"] == 0.5
    assert found["proven_precision"] == 0.5
    assert found["proven_recall"] == 0.5


def test_thresholds_are_sure_first_and_right_then_but_never_empty() -> None:
    def tried(*rows: tuple[float, float, float]) -> float:
        names = ("proven_precision", "proven_recall", "label")
        return chosen([(Policy(), dict(zip(names, row, strict=True))) for row in rows])[1]["label"]

    assert tried((0.96, 0.3, 0.70), (0.95, 0.4, 0.74), (0.90, 0.6, 0.80)) == 0.74
    assert tried((1.00, 0.02, 0.61), (0.90, 0.4, 0.70), (0.80, 0.6, 0.80)) == 0.70
    assert tried((1.00, 0.02, 0.61)) == 0.61


def test_every_annotated_span_is_exact() -> None:
    articles = read_articles()
    assert len({a.id for a in articles}) == len(articles)
    assert any(a.only_measures for a in articles)
    for article in articles:
        for sentence in article.sentences:
            assert all(c.span.start >= sentence.span.start and c.span.end <= sentence.span.end for c in sentence.claims)
            assert all(article.text[c.span.start : c.span.end].strip() for c in sentence.claims)


@pytest.fixture
def measured(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    """A working folder with what every step leaves, and a folder of weights; no earlier run left anything."""
    monkeypatch.setattr(card, "MEASURED", tmp_path / "measured")
    work, weights = tmp_path / "work", tmp_path / "weights"
    work.mkdir()
    weights.mkdir()
    scores = [Score("dev", "written", 40, 0.7, 0.6, {"supports": 0.6}),
              Score("measure", "fever", 1461, 0.85, 0.77, {"supports": 0.8}, 0.79, 0.04),
              Score("measure", "written", 3345, 0.75, 0.76, {"plans": 0.8})]  # fmt: skip
    write_table(work / "evaluation.json", scores, checkpoint="student", deciding_found=0.906, deciding_of=2283)
    for name in card.OTHERS:
        write_table(work / f"{name}-table.json", scores[:2], checkpoint=name, deciding_found=0.9, deciding_of=2283)
    (work / "manifest.json").write_text((world.work / "manifest.json").read_text())
    names = ("majority", "overlap", "model", "claim only", "shuffled")
    table = {"checkpoint": "student", "most": 500, "baselines": {name: as_rows(scores[1:]) for name in names}}
    (work / "baselines.json").write_text(json.dumps(table))
    head = {"count": 1894, "before": 0.0712, "after": 0.0213, "accuracy": 0.751}
    (work / "calibration.json").write_text(json.dumps({"passage": head, "sentence": head}))
    figures = dict.fromkeys(("label", "basis", "proven_precision", "proven_recall", "errors", "errors_at_half"), 0.9)
    (work / "thresholds.json").write_text(
        json.dumps({"claims": 1894, "thresholds": {"settled": 0.45}, "figures": figures | {"answered": 0.6}})
    )
    (work / "retriever.log").write_text(
        "before {'recall@1': 0.57, 'recall@5': 0.71, 'recall@20': 0.79}\n{\"step\": 50}\n"
        "after {'recall@1': 0.91, 'recall@5': 0.98, 'recall@20': 0.99}\n"
    )
    (work / "heads.log").write_text("fold 0: x\nall: claims F1 0.812 at IoU 0.5\nheads.npz: 12 bytes\n")
    for name in ("embedding.q4", "tokenizer.json.xz", "retriever.onnx", "verifier.onnx"):
        (weights / name).write_bytes(name.encode())
    (weights / "verifier.json").write_text(json.dumps({"passage_temperature": 1.1, "sentence_temperature": 0.9}))
    return work, weights


def test_the_card_says_what_was_measured(measured: tuple[Path, Path]) -> None:
    text = card.render(*measured)
    assert "| fever | 1,461 | 0.850 | 0.790 | 0.770 | 0.040 | supports 0.80 | 0.796 |" in text
    assert "| written | 3,345 | 0.750 | 0.000 | 0.760 | - | plans 0.80 | 0.722 |" in text
    assert "| fever | 0.796 | 0.770 | 0.770 | 0.770 | 0.770 | 0.770 |" in text
    assert "| written | 0.722 | - | - | - | - | 0.760 |" in text
    assert "| what ships | 2 | 0.765 | 0.395 | 0.040 | - |" in text
    assert "| set | majority | overlap | model | claim only | shuffled |\n|---|---|---|---|---|---|\n| fever |" in text
    assert "| retriever | 0.910 | 0.980 | 0.990 |" in text
    assert "claims F1 0.812" in text
    assert "| passage | 1,894 | 0.0712 | 0.0213 | 0.751 | 1.100 |" in text
    assert "CC BY-SA 3.0" in text
    assert "Below the floor: fever. The deciding sentence" in text
    assert "{{" not in text
    assert "{%" not in text
    assert "\n\n\n" not in text


def test_what_earlier_runs_measured_stands_where_nothing_newer_does(
    measured: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = measured[0].parent / "measured"
    kept.mkdir()
    for name in ("retriever.log", "heads.log"):
        (measured[0] / name).rename(kept / name)
    (kept / "heads.log").write_text("all: claims F1 0.5\n")
    (measured[0] / "heads.log").write_text("all: claims F1 0.9\n")
    one = {"macro_f1": {"fever": 0.5}, "mean": 0.5, "balanced": 0.4, "ece": None, "worlds": {}}
    (kept / card.BACKBONES).write_text(json.dumps(dict.fromkeys(card.OTHERS.values(), one)))
    (measured[0] / "t1-table.json").unlink()
    text = card.render(*measured)
    assert "| retriever | 0.910 | 0.980 | 0.990 |" in text
    assert "claims F1 0.9" in text
    assert "| fever | 0.796 | 0.500 | 0.770 | 0.770 | 0.770 | 0.770 |" in text
    assert f"| {card.OTHERS['t1']} | 1 | 0.500 | 0.400 | - | - |" in text


def test_every_row_of_the_card_has_the_columns_of_its_table(measured: tuple[Path, Path]) -> None:
    width = 0
    for line in card.render(*measured).splitlines():
        width = (width or line.count("|")) if line.startswith("|") else 0
        assert line.count("|") == width, line


@pytest.mark.parametrize("name", card.MADE_BY)
def test_the_card_names_the_step_that_is_missing(measured: tuple[Path, Path], name: str) -> None:
    (measured[0] / name).unlink()
    with pytest.raises(card.CardError) as raised:
        card.render(*measured)
    assert card.MADE_BY[name] in str(raised.value)
    assert str(raised.value).count("python -m") == 1


def test_a_set_of_unknown_licence_stops_the_card() -> None:
    manifest = {"pairs": [{"source": "found-somewhere", "split": "train", "label": "supports", "made": "", "count": 3}]}
    with pytest.raises(card.CardError, match="found-somewhere"):
        card.data_rows(manifest, {})


def test_a_set_that_may_only_measure_stops_the_card_where_it_trains() -> None:
    row = {"source": "anli", "split": "train", "label": "supports", "made": "", "count": 3}
    licences = {"anli": {"languages": "en", "origin": "o", "licence": "CC BY-NC 4.0", "only_measures": True}}
    with pytest.raises(card.CardError, match="may only measure"):
        card.data_rows({"pairs": [row]}, licences)
    assert card.data_rows({"pairs": [row | {"split": "measure"}]}, licences)[0]["train"] == "-"


def test_a_log_cut_short_stops_the_card() -> None:
    with pytest.raises(card.CardError, match=r"retriever\.log"):
        card.recalls("before {'recall@1': 0.5}\n")
    with pytest.raises(card.CardError, match=r"heads\.log"):
        card.heads_line("fold 0: x\n")


def test_cases_are_the_dev_items_and_the_verdicts_on_dev_worlds(world: World) -> None:
    pairs = list(written_pairs())
    found = cases(pairs)
    told = [c for c in found if c.family.startswith("V-")]
    assert told
    assert {c.day for c in told} == {date(2025, 6, 1)}
    assert {c.family for c in found} == {p.family for p in pairs if p.split == "dev"}
    assert found == cases(list(reversed(pairs)))
