from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from claimcheck.library.passages import LARGEST, MOST_SENTENCES, split_passages
from claimcheck.text.normalise import normalise
from claimcheck.types import Document

SENTENCES = st.sampled_from(
    [
        "The plant opened in May.",
        "It cost 240 million euros, nearly twice the first estimate, said the ministry.",
        "공장은 5월에 문을 열었다.",
        "La usina abrió en mayo de 2025.",
        "“Will it last?” asked Dr. Kim.",
        "Word " + "word " * 200 + "end.",
        "Überschrift",
        "👩‍🚀 e\u0301te\u0301!",
    ]
)
TEXTS = st.lists(st.tuples(SENTENCES, st.sampled_from([" ", "\n", "\n\n"])), min_size=1, max_size=40).map(
    lambda parts: normalise("".join(sentence + gap for sentence, gap in parts))
)


def split(text: str, lang: str | None = "en") -> list[str]:
    return [passage.text for passage in split_passages(Document(id="d", text=text, lang=lang))]


@settings(max_examples=60, deadline=None)
@given(text=TEXTS)
def test_passages_are_whole_sentences_that_cover_the_text(text: str) -> None:
    document = Document(id="d", text=text, lang="en")
    passages = split_passages(document)
    covered: set[int] = set()
    for passage in passages:
        assert passage.text == passage.span.of(text)
        assert passage.sentences[0].start == passage.span.start
        assert passage.sentences[-1].end == passage.span.end
        assert len(passage.sentences) <= MOST_SENTENCES
        covered.update(range(passage.span.start, passage.span.end))
    assert {place for place, character in enumerate(text) if not character.isspace()} <= covered
    assert len({passage.id for passage in passages}) == len(passages)


@settings(max_examples=60, deadline=None)
@given(text=TEXTS)
def test_neighbours_share_at_most_one_sentence_and_each_brings_something_new(text: str) -> None:
    passages = split_passages(Document(id="d", text=text, lang="en"))
    for before, after in pairwise(passages):
        assert len(set(before.sentences) & set(after.sentences)) <= 1
        assert after.sentences[-1].start > before.sentences[-1].start


def test_a_sentence_longer_than_a_passage_stands_alone() -> None:
    long = "Word " + "word " * 200 + "end."
    assert split(f"Before. {long} After it comes this.") == ["Before.", long, "After it comes this."]


def test_a_passage_ends_with_its_paragraph_and_leans_on_the_sentence_before() -> None:
    text = "One is here. Two is here. Three is here.\n\nFour is here. Five is here."
    assert split(text) == ["One is here. Two is here. Three is here.", "Three is here.\n\nFour is here. Five is here."]


def test_passages_of_wide_characters_are_half_as_long() -> None:
    korean = "정부는 새로운 공장을 내년 상반기에 열겠다고 밝혔다. " * 40
    assert max(map(len, split(normalise(korean.strip()), "ko"))) <= LARGEST // 2 + LARGEST // 10


def test_ids_are_the_same_for_the_same_text_and_differ_for_another() -> None:
    first = split_passages(Document(id="d", text="The plant opened."))
    again = split_passages(Document(id="d", text="The plant opened."))
    other = split_passages(Document(id="d", text="The plant closed."))
    assert first == again
    assert first[0].id != other[0].id
