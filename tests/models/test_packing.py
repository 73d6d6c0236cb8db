"""A claim and its sentences as token sequences."""

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from claimcheck.models.packing import BEGIN, END, MARK, MAX_CLAIM_TOKENS, MAX_TOKENS, pack

TOKENS = st.integers(min_value=4, max_value=MARK - 1)


def tokens(most: int) -> st.SearchStrategy[list[int]]:
    # Lengths are drawn, contents repeat: long lists are what matters, and drawing each token is slow.
    return st.builds(lambda token, length: [token] * length, TOKENS, st.integers(0, most))


PASSAGES = st.lists(tokens(300), max_size=40)


@settings(max_examples=80, deadline=None)
@given(claim=tokens(120), sentences=PASSAGES, date=tokens(16), context=tokens(32))
def test_every_sentence_is_marked_once_and_no_sequence_is_too_long(claim, sentences, date, context):
    packed = list(pack(claim, sentences, date=date, context=context))
    head = (BEGIN, *claim[:MAX_CLAIM_TOKENS], END, END, *date, *context)
    assert [index for part in packed for index, _ in part.marks] == list(range(len(sentences)))
    for part in packed:
        assert len(part.ids) <= MAX_TOKENS
        assert part.ids[: len(head)] == head
        assert part.ids[-1] == END
        assert part.ids.count(MARK) == len(part.marks)
        ends = [position for _, position in part.marks[1:]] + [len(part.ids) - 1]
        for (index, position), end in zip(part.marks, ends, strict=True):
            kept = part.ids[position + 1 : end]
            assert part.ids[position] == MARK
            assert kept == tuple(sentences[index][: len(kept)])
            # Only a sentence too long for a sequence of its own is cut.
            assert len(kept) == min(len(sentences[index]), MAX_TOKENS - len(head) - 2)


@settings(max_examples=40, deadline=None)
@given(claim=tokens(20), sentences=st.lists(tokens(20), min_size=1, max_size=8))
def test_a_passage_that_fits_is_one_sequence(claim, sentences):
    assert len(list(pack(claim, sentences))) == 1


@settings(max_examples=40, deadline=None)
@given(claim=tokens(40), sentences=PASSAGES)
def test_no_sequence_ends_before_it_must(claim, sentences):
    packed = list(pack(claim, sentences))
    for part, after in pairwise(packed):
        first = after.marks[0][0]
        room = MAX_TOKENS - len(claim) - 4
        assert len(part.ids) + min(len(sentences[first]) + 1, room) > MAX_TOKENS


def test_the_date_and_the_context_stand_between_the_claim_and_the_sentences():
    (part,) = pack([10, 11], [[20], [21, 22]], date=[30], context=[40, 41])
    assert part.ids == (BEGIN, 10, 11, END, END, 30, 40, 41, MARK, 20, MARK, 21, 22, END)
    assert part.marks == ((0, 8), (1, 10))


def test_no_sentence_no_sequence():
    assert list(pack([10], [])) == []


def test_an_empty_sentence_has_its_mark():
    (part,) = pack([10], [[], [20]])
    assert part.marks == ((0, 4), (1, 5))


def test_other_special_tokens():
    (part,) = pack([10], [[20]], special=(1, 2, 3))
    assert part.ids == (1, 10, 2, 2, 3, 20, 2)
