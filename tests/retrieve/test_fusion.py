from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from claimcheck.retrieve.fusion import WORDS_WEIGHT, Candidate, drop_copies, fused, plain_words
from claimcheck.types import Passage, SourceKind, Span

COSINES = st.floats(-1, 1).map(lambda cosine: round(cosine, 3))
CHANNELS = st.dictionaries(st.integers(0, 20), st.tuples(COSINES, st.none() | st.floats(0.01, 40)), max_size=12).map(
    lambda found: ({k: c for k, (c, _) in found.items()}, {k: w for k, (_, w) in found.items() if w is not None})
)


def candidate(*sentences: str, name: str = "a", **known: object) -> Candidate:
    text = " ".join(sentences)
    spans, start = [], 0
    for sentence in sentences:
        spans.append(Span(start=start, end=start + len(sentence)))
        start += len(sentence) + 1
    passage = Passage(
        id=name, document=f"d-{name}", span=Span(start=0, end=len(text)), text=text, sentences=tuple(spans)
    )
    return Candidate(**{"passage": passage, "score": 1.0, **known})


def names(candidates: list[Candidate]) -> list[str]:
    return [kept.passage.id for kept in candidates]


def test_shared_words_lift_a_passage_above_one_of_like_meaning() -> None:
    ranking = fused({"near": 0.80, "worded": 0.78, "far": 0.40}, {"worded": 12.0, "far": 3.0}, weight=0.05)
    assert ranking == [("worded", pytest.approx(0.83)), ("near", 0.80), ("far", pytest.approx(0.4125))]


def test_no_words_lift_a_passage_above_one_of_much_nearer_meaning() -> None:
    assert [key for key, _ in fused({"other language": 0.85, "same language": 0.6}, {"same language": 40.0})] == [
        "other language",
        "same language",
    ]


@settings(max_examples=100, deadline=None)
@given(CHANNELS)
def test_fusion_keeps_every_key_once_in_falling_order(channels: tuple[dict[int, float], dict[int, float]]) -> None:
    ranking = fused(*channels)
    assert sorted(key for key, _ in ranking) == sorted(channels[0])
    assert [score for _, score in ranking] == sorted((score for _, score in ranking), reverse=True)
    for key, score in ranking:
        assert channels[0][key] <= score <= channels[0][key] + WORDS_WEIGHT + 1e-9


@given(st.dictionaries(st.integers(), COSINES, max_size=12), st.floats(0.1, 9))
def test_without_words_or_with_like_words_throughout_the_cosines_decide(found: dict[int, float], word: float) -> None:
    order = sorted(found, key=lambda key: -found[key])
    assert [key for key, _ in fused(found, {})] == order
    assert sorted(found.values()) == sorted(found[key] for key, _ in fused(found, dict.fromkeys(found, word)))


def test_a_copy_that_differs_in_typography_is_dropped() -> None:
    one = candidate("The minister said: “It opened in May.”", name="a")
    two = candidate('the minister said: "It  opened in May."', name="b")
    assert names(drop_copies([one, two], 8)) == ["a"]


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("The plant has 5,000 workers.", "The plant has 5.000 workers."),
        ("The plant has 5 workers.", "The plant has 6 workers."),
        ("The plant has opened.", "The plant has not opened."),
        ("Output rose 1.5 points.", "Output rose -1.5 points."),
        ("Output rose 5%.", "Output rose 5."),
        ("The plant opened.", "The plant opened?"),
        ("It cost $5.", "It cost €5."),
        ("10² units", "102 units"),
        ("कि", "का"),
    ],
)
def test_a_copy_with_another_word_number_or_sign_stays(one: str, two: str) -> None:
    assert names(drop_copies([candidate(one, name="a"), candidate(two, name="b")], 8)) == ["a", "b"]


@settings(max_examples=100, deadline=None)
@given(st.lists(st.from_regex(r"[a-zà-ÿ0-9]{1,8}", fullmatch=True), min_size=1, max_size=12), st.data())
def test_any_other_word_makes_another_text(words: list[str], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(words) - 1))
    altered = [*words[:place], words[place] + "x", *words[place + 1 :]]
    assert plain_words(" ".join(words)) != plain_words(" ".join(altered))


def test_a_passage_whose_sentences_all_stand_in_a_better_one_adds_nothing() -> None:
    whole = candidate("It was agreed.", "It opened in May.", "It closed.", name="a")
    assert names(drop_copies([whole, candidate("It opened in May.", name="b")], 8)) == ["a"]
    more = candidate("It opened in May.", "Nobody came.", name="c")
    assert names(drop_copies([whole, more], 8)) == ["a", "c"]


def test_of_two_copies_the_weightier_source_stays_in_the_better_place() -> None:
    social = candidate("It opened.", name="a", kind=SourceKind.SOCIAL, score=0.9)
    record = candidate("It opened.", name="b", kind=SourceKind.PRIMARY_RECORD, score=0.5)
    (kept,) = drop_copies([social, record], 8)
    assert (kept.passage.id, kept.score) == ("b", 0.9)


def test_of_two_copies_of_one_kind_the_earlier_stays() -> None:
    late = candidate("It opened.", name="a", published=date(2025, 6, 1))
    early = candidate("It opened.", name="b", published=date(2025, 5, 1))
    undated = candidate("It opened.", name="c")
    assert names(drop_copies([late, early, undated], 8)) == ["b"]


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(["It opened.", "It closed.", "It burnt."]), max_size=10), st.integers(1, 4))
def test_at_most_so_many_stay_and_none_says_what_another_says(texts: list[str], limit: int) -> None:
    candidates = [candidate(text, name=str(place)) for place, text in enumerate(texts)]
    kept = [c.passage.text for c in drop_copies(candidates, limit)]
    assert len(kept) == len(set(kept)) == min(limit, len(set(texts)))
