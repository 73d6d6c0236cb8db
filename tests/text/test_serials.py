"""Which one of a series a text speaks of."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from claimcheck.text.serials import find_serials, of_another
from claimcheck.text.wordlists import LANGUAGES, read_word_list


def numbers(text: str, lang: str) -> list[int]:
    return [serial.number for serial in find_serials(text, lang)]


def other(claim: str, sentence: str, lang: str = "en", sentence_lang: str | None = None) -> bool:
    theirs = sentence_lang or lang
    return of_another(find_serials(claim, lang), find_serials(sentence, theirs), same_language=lang == theirs)


def test_every_language_has_a_list() -> None:
    assert set(read_word_list("serials")) == set(LANGUAGES)
    assert all(len(table["ordinals"]) == 10 for table in read_word_list("serials").values())


@pytest.mark.parametrize(
    ("lang", "text", "expected"),
    [
        ("en", "The second ferry is late.", [2]),
        ("en", "Acme opened its 12th shop.", [12]),
        ("en", "Phase 3 costs more.", [3]),
        ("en", "It first opened in 2010.", []),
        ("en", "It happened for the first time.", []),
        ("en", "Profit fell in the first half of 2025.", []),
        ("es", "El segundo barco llegó tarde.", [2]),
        ("es", "La línea 4 abre hoy.", [4]),
        ("es", "Colocaron la primera piedra.", []),
        ("fr", "L'usine a livré le troisième bac.", [3]),
        ("fr", "C'est la première fois.", []),
        ("de", "Die dritte Fähre kommt später.", [3]),
        ("de", "Der Umsatz fiel im ersten Quartal.", []),
        ("pt", "O segundo navio atrasou.", [2]),
        ("pt", "A obra começa na segunda-feira.", []),
        ("ko", "2호선 공사가 재개됐다.", [2]),
        ("ko", "4호기 발사는 연기됐다.", [4]),
        ("ko", "첫 위성이 발사됐다.", [1]),
        ("it", "La prima nave.", []),
    ],
)
def test_serials(lang: str, text: str, expected: list[int]) -> None:
    assert numbers(text, lang) == expected


@pytest.mark.parametrize(
    ("claim", "sentence", "lang", "sentence_lang"),
    [
        ("The second ferry is in service.", "The third battery ferry was cancelled.", "en", None),
        ("Le deuxième bac est en service.", "The first ferry is in service.", "fr", "en"),
        ("Line 2 is open.", "트램 1호선이 개통했다.", "en", "ko"),
        ("트램 2호선을 건설한다.", "트램 1호선 사업을 승인했다.", "ko", None),
    ],
)
def test_another_one_of_the_series(claim: str, sentence: str, lang: str, sentence_lang: str | None) -> None:
    assert other(claim, sentence, lang, sentence_lang)


@pytest.mark.parametrize(
    ("claim", "sentence"),
    [
        ("The second ferry is in service.", "The second of the ferries, after the first ferry, is in service."),
        ("The second ferry is in service.", "The ferry is in service."),
        ("The second ferry is in service.", "The first passengers boarded the ferry."),
        ("It is the second ferry of the line.", "It is the third ferry of the line."),
        ("The 12th shop is open.", "The 13th floor is shut."),
        ("The second ferry is in service.", "A third of the passengers used the ferry."),
        ("The ferry is in service.", "The third ferry is in service."),
    ],
)
def test_the_same_one_or_none_or_another_series(claim: str, sentence: str) -> None:
    assert not other(claim, sentence)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_patterns_compile(lang: str) -> None:
    table = read_word_list("serials")[lang]
    assert all(re.compile(pattern) for name, pattern in table.items() if name != "ordinals")


@settings(max_examples=50)
@given(st.text(max_size=80), st.sampled_from([*LANGUAGES, None]))
def test_no_text_is_of_another_than_itself(text: str, lang: str | None) -> None:
    found = find_serials(text, lang)
    assert not of_another(found, found, same_language=True)
