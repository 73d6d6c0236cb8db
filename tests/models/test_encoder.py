"""A model body over sequences of tokens."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from claimcheck.models import weights
from claimcheck.models.encoder import WIDTH, Encoder, load_tokenizer, padded, usable_cores
from claimcheck.models.packing import BEGIN, END

TEXTS = (
    "Peru signed a contract for four ships.",
    "Four.",
    "페루는 2024년 4월 군함 네 척의 건조 계약을 체결했다.",
    "The yard will build one frigate, one patrol vessel and two landing ships by 2029, all at Callao, " * 4,
    "Das Werk wurde im Mai eröffnet.",
    "🚢 ¿Cuándo?",
)
SEQUENCES = [encoding.ids for encoding in load_tokenizer().encode_batch(list(TEXTS))]


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return Encoder(weights.RETRIEVER, batch_size=4)


@pytest.fixture(scope="module")
def alone(encoder: Encoder) -> list[np.ndarray]:
    return [vector for ids in SEQUENCES for _, (vector,) in encoder.run([ids], ["vectors"])]


@settings(max_examples=10, deadline=None)
@given(chosen=st.lists(st.sampled_from(range(len(SEQUENCES))), min_size=1, max_size=7))
def test_a_result_is_the_same_alone_and_in_any_company(encoder: Encoder, alone, chosen: list[int]):
    found = dict(encoder.run([SEQUENCES[number] for number in chosen], ["vectors"]))
    assert sorted(found) == list(range(len(chosen)))
    for place, number in enumerate(chosen):
        np.testing.assert_allclose(found[place][0], alone[number], rtol=0, atol=1e-6)


def test_batches_of_any_size_give_the_same(alone):
    for size in (1, 32):
        found = dict(Encoder(weights.RETRIEVER, batch_size=size, threads=1).run(SEQUENCES, ["vectors"]))
        for number, vector in enumerate(alone):
            np.testing.assert_allclose(found[number][0], vector, rtol=0, atol=1e-6)


def test_the_longest_come_first(encoder: Encoder):
    lengths = [len(SEQUENCES[number]) for number, _ in encoder.run(SEQUENCES, ["vectors"])]
    assert lengths == sorted(lengths, reverse=True)


def test_all_outputs_unless_some_are_named(encoder: Encoder):
    ((_, everything),) = encoder.run([[BEGIN, 100, 200, END]])
    ((_, (states,)),) = encoder.run([[BEGIN, 100, 200, END]], ["states"])
    assert len(everything) == 2
    assert states.shape == (4, WIDTH)


def test_nothing_in_nothing_out(encoder: Encoder):
    assert list(encoder.run([])) == []


def test_there_is_a_core_to_use():
    assert usable_cores() >= 1


def test_where_a_sequence_has_fewer_marks_its_first_token_stands():
    assert padded([[0, 5, 9], [0], [0, 2]]).tolist() == [[0, 5, 9], [0, 0, 0], [0, 2, 0]]
