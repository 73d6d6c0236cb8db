"""Clauses that are none by themselves get what they lean on, and nothing that follows them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claimcheck.extract.completion import standing_span, without_dangling
from claimcheck.extract.mentions import find_mentions
from claimcheck.types import Span


def spans(text: str, *quotes: str) -> list[Span]:
    return [Span(start=(at := text.index(quote)), end=at + len(quote)) for quote in quotes]


def standing(text: str, lang: str, number: int, *quotes: str) -> str:
    whole = Span(start=0, end=len(text))
    return standing_span(text, spans(text, *quotes), number, whole, lang, find_mentions(text, lang)).of(text)


@pytest.mark.parametrize(
    ("lang", "first", "joint", "second"),
    [
        ("en", "The navy ordered four ships", ": ", "a 3,400-ton frigate"),
        ("en", "The meters were made in Ohio", " and ", "cost $1.46 million"),
        ("en", "The firm signed an agreement", " under ", "which the army is to acquire 54 tanks"),
        ("es", "La empresa abrió una planta", ", ", "con una inversión de 270 millones"),
        ("fr", "La société a ouvert une usine", ", ", "dont le coût est de 3 millions"),
        ("de", "Die Firma baut ein Werk", ", ", "für 300 Millionen Euro"),
        ("pt", "A empresa abriu uma fábrica", ", ", "com 900 funcionários"),
    ],
)
def test_a_part_of_a_clause_gets_the_clause(lang: str, first: str, joint: str, second: str) -> None:
    text = f"{first}{joint}{second} in May."
    assert standing(text, lang, 1, first, second) == f"{first}{joint}{second}"


@pytest.mark.parametrize(
    ("lang", "text", "first", "second"),
    [
        ("en", "It rained, and the Peruvian Navy has a new ship.", "It rained", "the Peruvian Navy has a new ship"),
        ("en", "It rained; 44 people came to the hall.", "It rained", "44 people came to the hall"),
        ("en", "It rained, but the new bridge was shut on Monday.", "It rained", "the new bridge was shut on Monday"),
    ],
)  # fmt: skip
def test_a_whole_clause_stays_as_it_is(lang: str, text: str, first: str, second: str) -> None:
    assert standing(text, lang, 1, first, second) == second


def test_it_leans_on_the_nearest_whole_clause_and_no_farther() -> None:
    text = (
        "The president opened a plant, and the firm Acme Works has built another one with an investment of 3 million."
    )
    quotes = (
        "The president opened a plant",
        "the firm Acme Works has built another one",
        "with an investment of 3 million",
    )
    assert standing(text, "en", 2, *quotes) == f"{quotes[1]} {quotes[2]}"


def test_the_first_claim_gets_the_beginning_of_its_sentence_only_where_it_leans_on_it() -> None:
    text = "Every customer was told by email before midnight."
    assert standing(text, "en", 0, "by email before midnight") == text[:-1]
    dated = "LIMA, 15 December 2025 – With Korea as partner, Peru has become a hub."
    assert standing(dated, "en", 0, "With Korea as partner, Peru has become a hub").startswith("With Korea")
    said = "Dunne said the board would sue."
    assert standing(said, "en", 0, "the board would sue") == "the board would sue"


@pytest.mark.parametrize(
    ("lang", "text", "claim"),
    [
        ("en", "Solenne Air, founded in Nantes in 2016, flew 2.1 million people.", "founded in Nantes in 2016"),
        ("en", "The hall opened in 1974 and had 85,000 visitors a year.", "had 85,000 visitors a year"),
        ("fr", "L'an dernier, Lacombe a perdu 12 millions d'euros.", "Lacombe a perdu 12 millions d'euros"),
        ("pt", "Em 2025, a cidade registrou 12 mil casos.", "a cidade registrou 12 mil casos"),
        ("es", "Su portavoz, Iván Reyes, acusó al gobierno de inflar los ingresos.", "acusó al gobierno de inflar"),
        ("de", "Das Bad wurde 1974 eröffnet und zählte zuletzt 85.000 Besucher.", "zählte zuletzt 85.000 Besucher"),
        ("ko", "회사는 2022년 중국 공장을 백지화했다.", "2022년 중국 공장을 백지화했다"),
    ],
)
def test_the_first_claim_gets_its_subject_and_its_date(lang: str, text: str, claim: str) -> None:
    assert standing(text, lang, 0, claim) == text[: text.index(claim) + len(claim)]


@pytest.mark.parametrize(
    ("lang", "text", "claim"),
    [
        ("en", "According to the council, prices rose by 3 percent.", "prices rose by 3 percent"),
        ("en", "In 2024, it opened ten shops.", "it opened ten shops"),
        ("en", "But prices rose by 3 percent.", "prices rose by 3 percent"),
        ("en", "She said on 3 May 2025 that prices rose by 3 percent.", "prices rose by 3 percent"),
        ("fr", "Selon la mairie, deux bus sont en panne.", "deux bus sont en panne"),
        ("ko", '시장은 "동의를 받았다"며 내년 3월 착공하겠다고 말했다.', "내년 3월 착공하겠다고"),
        ("ko", "위원회에 따르면 주민 1,800명이 서명했다.", "주민 1,800명이 서명했다"),
    ],
)
def test_the_first_claim_leaves_who_says_it(lang: str, text: str, claim: str) -> None:
    assert standing(text, lang, 0, claim) == claim


def test_what_is_said_in_a_second_clause_leaves_the_first() -> None:
    text = "Adeyemi said the move would save a million, and she promised that no jobs would be lost."
    assert standing(text, "en", 1, "the move would save a million", "no jobs would be lost") == "no jobs would be lost"


def test_a_korean_clause_without_a_subject_gets_the_one_before() -> None:
    text = "기존 소각장은 1998년에 문을 열었고 2023년 과태료를 냈다."
    assert standing(text, "ko", 1, "기존 소각장은 1998년에 문을 열었고", "2023년 과태료를 냈다") == text[:-1]
    text = "처리 용량은 하루 400톤이며 사업비는 2,100억 원이다."
    assert standing(text, "ko", 1, "처리 용량은 하루 400톤이며", "사업비는 2,100억 원이다") == "사업비는 2,100억 원이다"


def test_a_language_without_words_changes_nothing() -> None:
    assert standing("jeden, dva", "cs", 1, "jeden", "dva") == "dva"


@pytest.mark.parametrize(
    ("lang", "claim", "left"),
    [
        ("en", "Peru signed an agreement under", "Peru signed an agreement"),
        ("en", "the board would seek the price, and", "the board would seek the price"),
        ("fr", "une tenture de 1548 sur", "une tenture de 1548"),
        ("en", "and", "and"),
        ("ko", "계약을 맺었다", "계약을 맺었다"),
    ],
)
def test_words_that_point_on_are_left_out(lang: str, claim: str, left: str) -> None:
    assert without_dangling(claim, Span(start=0, end=len(claim)), lang).of(claim) == left


@given(st.text(max_size=60), st.integers(0, 60), st.sampled_from(["en", "es", "fr", "de", "pt", "ko", None]))
def test_the_end_of_a_claim_only_ever_moves_back(text: str, start: int, lang: str | None) -> None:
    claim = Span(start=min(start, len(text)), end=len(text))
    kept = without_dangling(text, claim, lang)
    assert kept.start == claim.start
    assert kept.end <= claim.end
