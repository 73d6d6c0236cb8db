"""Examples that are varied keep labels that are true of them, and batches lose nothing."""

import io
import random
from dataclasses import dataclass

import numpy as np
import pytest
from conftest import World
from hypothesis import given, settings
from hypothesis import strategies as st

from claimcheck.models.packing import MAX_TOKENS
from training.batches import DECIDED_SOMEWHERE, IGNORED, UNRELATED, Batch, Example, Pairs, batches, collate
from training.labels import LABELS, NOT_SUPPORTS, RELATIONS, SPLITS, UNKNOWN_DECIDING

TWO_WAY = LABELS.index(NOT_SUPPORTS)
BEGIN, PAD, END, MARK = 0, 1, 2, 999
FIRST_WORD = 3


@dataclass(frozen=True)
class Written:
    """What a made pair says, to check examples against: each sentence is a run of one token of its own."""

    label: int
    deciding: tuple[int, ...] | None
    sentences: tuple[int, ...]


def made_pairs(written: list[Written]) -> Pairs:
    """``Pairs`` in which text 0 is empty, and sentence ``n`` of all is a run of token ``FIRST_WORD + n``."""
    count = sum(len(w.sentences) for w in written)
    texts = [[], [MARK - 1], *([FIRST_WORD + n] * length for n, length in
                               enumerate(length for w in written for length in w.sentences))]  # fmt: skip
    used = np.array([0, 1, 2, *range(3, 999), 250_001])
    arrays = {
        "tokens": np.array([t for text in texts for t in text], np.uint16),
        "offsets": np.cumsum([0, *map(len, texts)]).astype(np.uint32),
        "used": used,
        "sentences": np.arange(2, count + 2, dtype=np.uint32),
        "bounds": np.cumsum([0, *(len(w.sentences) for w in written)]).astype(np.uint32),
        "claim": np.ones(len(written), np.int32),
        "date": np.zeros(len(written), np.int32),
        "label": np.array([w.label for w in written], np.int32),
        "deciding": np.array(
            [UNKNOWN_DECIDING if w.deciding is None else sum(1 << d for d in w.deciding) for w in written], np.int32
        ),
        "split": np.zeros(len(written), np.int32),
        "source": np.zeros(len(written), np.int32),
        "group": np.arange(len(written), dtype=np.int32),
        "family": np.arange(len(written), dtype=np.int32),
        "perturbed": np.zeros(len(written), np.int32),
        "sources": np.array(["written"]),
    }
    file = io.BytesIO()
    np.savez(file, **arrays)
    file.seek(0)
    return Pairs(file)  # type: ignore[arg-type]


@st.composite
def a_written_pair(draw: st.DrawFn) -> Written:
    sentences = tuple(draw(st.lists(st.integers(1, 12), min_size=1, max_size=8)))
    label = draw(st.integers(0, TWO_WAY))
    if label == UNRELATED:
        return Written(label, (), sentences)
    if label == TWO_WAY or draw(st.booleans()):
        return Written(label, None, sentences)
    deciding = draw(st.sets(st.integers(0, len(sentences) - 1), min_size=1))
    return Written(label, tuple(sorted(deciding)), sentences)


WRITTEN = st.lists(a_written_pair(), min_size=2, max_size=5)


def judged(example: Example) -> list[int]:
    """The token of each judged sentence."""
    return [example.ids[column + 1] for column in example.columns]


@settings(max_examples=150)
@given(WRITTEN, st.integers(0, 10_000), st.booleans())
def test_labels_of_varied_examples_are_true_of_what_is_left(written: list[Written], seed: int, mined: bool) -> None:
    pairs = made_pairs(written)
    negatives = np.array([[(i + 1) % len(written)] for i in range(len(written))]) if mined else None
    for index, pair in enumerate(written):
        example = pairs.varied(index, random.Random(seed), negatives)
        first = int(pairs.bounds[index])
        own = {FIRST_WORD + first + n: n for n in range(len(pair.sentences))}
        assert len(example.columns) == len(example.sentence_labels) >= 1
        assert all(example.ids[column] == MARK for column in example.columns)
        shown = judged(example)
        if not set(shown) <= set(own):
            assert mined
            assert not set(shown) & set(own)
            assert example.label == UNRELATED
            assert set(example.sentence_labels) == {UNRELATED}
            continue
        if pair.deciding is None:
            assert example.label == pair.label
            expected = DECIDED_SOMEWHERE if pair.label < UNRELATED else IGNORED
            assert set(example.sentence_labels) == {expected}
            assert len(shown) == len(pair.sentences)
            continue
        deciders = [own[token] for token in shown if own[token] in pair.deciding]
        for token, label in zip(shown, example.sentence_labels, strict=True):
            assert label == (pair.label if own[token] in pair.deciding else UNRELATED)
        assert example.label == (pair.label if deciders else UNRELATED)
        if deciders:
            assert deciders == list(pair.deciding), "sentences that decide together stay together"
        assert [own[t] for t in shown] == sorted(own[t] for t in shown)


@settings(max_examples=60)
@given(WRITTEN)
def test_plain_examples_show_everything(written: list[Written]) -> None:
    pairs = made_pairs(written)
    for index, pair in enumerate(written):
        (example,) = pairs.plain(index)
        assert example.label == pair.label
        assert len(example.columns) == len(pair.sentences)
        assert example.ids[0] == BEGIN
        assert example.ids[-1] == END


def test_a_pair_that_loses_what_decides_it_is_undecided() -> None:
    pairs = made_pairs([Written(RELATIONS.index("refutes"), (1,), (3, 3, 3)), Written(UNRELATED, (), (2, 2))])
    rng = random.Random(5)
    seen = [pairs.varied(0, rng, None) for _ in range(300)]
    bare = [e for e in seen if FIRST_WORD + 1 not in judged(e)]
    assert 0.05 < len(bare) / len(seen) < 0.3
    assert {e.label for e in bare} == {UNRELATED}
    assert {e.label for e in seen if e not in bare} == {RELATIONS.index("refutes")}


def test_of_long_evidence_the_part_that_decides_is_shown() -> None:
    pairs = made_pairs([Written(RELATIONS.index("plans"), (3,), (100, 100, 100, 60)), Written(UNRELATED, (), (2,))])
    rng = random.Random(5)
    for example in (pairs.varied(0, rng, None) for _ in range(100)):
        assert len(example.ids) <= MAX_TOKENS
        assert (example.label == RELATIONS.index("plans")) == (FIRST_WORD + 3 in judged(example))
        assert [FIRST_WORD + n for n in example.numbers] == judged(example)


def test_long_evidence_is_measured_in_parts() -> None:
    pairs = made_pairs([Written(RELATIONS.index("plans"), (3,), (100, 100, 100, 60))])
    parts = pairs.plain(0)
    assert [n for part in parts for n in part.numbers] == [0, 1, 2, 3]
    assert all(len(part.ids) <= MAX_TOKENS for part in parts)
    assert [judged(part) for part in parts] == [[FIRST_WORD + n for n in part.numbers] for part in parts]


def test_an_example_names_the_pair_and_the_sentences_that_it_shows() -> None:
    pairs = made_pairs([Written(0, (1,), (3, 3, 3)), Written(UNRELATED, (), (2, 2))])
    rng, negatives = random.Random(5), np.array([[1], [0]])
    seen = [pairs.varied(0, rng, negatives) for _ in range(200)]
    assert {e.pair for e in seen} == {0, -1}
    for example in seen:
        if example.pair == 0:
            assert [FIRST_WORD + n for n in example.numbers] == judged(example)
        else:
            assert FIRST_WORD + 3 in judged(example)


def test_every_kind_of_change_happens() -> None:
    pairs = made_pairs([Written(0, (1,), (3, 3, 3)), Written(UNRELATED, (), (2, 2))])
    rng, negatives = random.Random(5), np.array([[1], [0]])
    seen = [pairs.varied(0, rng, negatives) for _ in range(400)]
    assert {e.label for e in seen} == {0, UNRELATED}
    assert {len(e.columns) for e in seen} == {1, 2, 3}
    assert any(FIRST_WORD in e.ids and FIRST_WORD not in judged(e) for e in seen), "a sentence became context"
    assert any(FIRST_WORD + 3 in judged(e) for e in seen), "another passage was put in"


EXAMPLES = st.lists(st.tuples(st.integers(3, 60), st.integers(1, 3)), min_size=1, max_size=40).map(
    lambda shapes: [
        Example((BEGIN, *[FIRST_WORD + n] * (length - 2), END), tuple(range(1, 1 + min(marks, length - 2))), n % 5,
                tuple([n % 5] * min(marks, length - 2)))
        for n, (length, marks) in enumerate(shapes)
    ]
)  # fmt: skip


def unpacked(batch: Batch) -> list[Example]:
    """The examples of a batch, from its arrays alone."""
    found = []
    for row, label in enumerate(batch.labels):
        here = batch.rows == row
        found.append(
            Example(tuple(batch.ids[row][batch.mask[row]].tolist()), tuple(batch.columns[here].tolist()), int(label),
                    tuple(batch.sentence_labels[here].tolist()))
        )  # fmt: skip
    return found


@settings(max_examples=60)
@given(EXAMPLES)
def test_a_batch_holds_its_examples_and_padding(examples: list[Example]) -> None:
    batch = collate(examples, PAD)
    assert unpacked(batch) == examples
    assert set(batch.ids[~batch.mask].tolist()) <= {PAD}
    assert batch.ids.shape[1] % 8 == 0
    assert 0 <= batch.ids.shape[1] - max(len(e.ids) for e in examples) < 8


@settings(max_examples=60)
@given(EXAMPLES, st.integers(1, 400), st.integers(0, 1000))
def test_batches_hold_every_example_once_within_the_budget(examples: list[Example], tokens: int, seed: int) -> None:
    made = list(batches(examples, PAD, tokens, random.Random(seed)))
    together = [example for batch in made for example in unpacked(batch)]
    assert sorted(together, key=lambda e: e.ids) == sorted(examples, key=lambda e: e.ids)
    assert all(batch.mask.shape[0] * batch.mask.sum(1).max() <= tokens or len(batch.labels) == 1 for batch in made)


def test_the_date_stands_before_the_sentences(world: World) -> None:
    pairs = world.pairs
    index = int(pairs.select("train", ["written"])[0])
    (example,), date = pairs.plain(index), pairs.text(int(pairs.date[index]))
    assert date
    assert example.ids[example.columns[0] - len(date) : example.columns[0]] == tuple(date)


@pytest.mark.parametrize("split", SPLITS)
def test_selection_is_by_split_and_source(world: World, split: str) -> None:
    pairs = world.pairs
    everything = pairs.select(split)
    parts = [pairs.select(split, [source]) for source in pairs.sources]
    assert sorted(np.concatenate(parts).tolist()) == everything.tolist()
    assert set(pairs.split[everything]) == {SPLITS.index(split)}
