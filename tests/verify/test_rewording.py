"""The claim as the verifier is asked about it, with its numbers and dates as the source gives them."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claimcheck.verify.rewording import with_dates_of, with_numbers_of

COUNTED = "The depot counted 3,912 crates in June."


@pytest.mark.parametrize(
    ("claim", "asked"),
    [
        ("The depot counted nearly 4,000 crates.", "The depot counted 3,912 crates."),
        ("The depot counted about 3,900 crates.", "The depot counted 3,912 crates."),
        ("More than 3,900 crates were counted.", "3,912 crates were counted."),
        ("The depot counted 3,900 crates.", "The depot counted 3,912 crates."),
        ("The depot counted some 3,900 boxes.", "The depot counted 3,912 boxes."),
    ],
)
def test_a_number_that_agrees_is_asked_as_the_source_gives_it(claim: str, asked: str) -> None:
    assert with_numbers_of(claim, "en", COUNTED, "en") == asked


@pytest.mark.parametrize(
    "claim",
    [
        "The depot counted 3,912 crates.",
        "The depot counted at least 3,912 crates.",
        "The depot counted 3,400 crates.",
        "The depot counted more than 4,000 crates.",
        "The depot counted 3,900 kilograms.",
        "The depot is open.",
    ],
)
def test_a_number_that_does_not_agree_or_is_the_same_stays(claim: str) -> None:
    assert with_numbers_of(claim, "en", COUNTED, "en") == claim


def test_a_number_that_may_be_either_of_two_stays() -> None:
    claim = "The depot counted about 3,900 crates."
    assert with_numbers_of(claim, "en", COUNTED + " The mill counted 3,950 crates.", "en") == claim


def test_languages_may_differ() -> None:
    asked = with_numbers_of("The depot counted nearly 4,000 crates.", "en", "El depósito contó 3.912 cajas.", "es")
    assert asked == "The depot counted 3.912 crates."
    assert with_numbers_of("창고에는 직원 약 1,200명이 있다.", "ko", "It has 1,218 staff.", "en").count("1,218") == 1


@given(st.text(max_size=80), st.text(max_size=80), st.sampled_from(["en", "es", "fr", "de", "pt", "ko", None]))
def test_nothing_is_reworded_without_a_number_in_the_source(claim: str, source: str, lang: str | None) -> None:
    if not any(character.isnumeric() for character in claim + source):
        assert with_numbers_of(claim, lang, "", lang) == claim
    assert with_numbers_of(claim, lang, claim, lang) == claim


WRITTEN = date(2025, 3, 7)
"""A Friday."""


def asked_on(claim: str, source: str, lang: str = "en", source_lang: str = "en") -> str:
    return with_dates_of(claim, lang, source, source_lang, claim_reference=date(2026, 1, 31), source_reference=WRITTEN)


@pytest.mark.parametrize(
    ("claim", "source", "asked"),
    [
        (
            "The ministry opened a school on 6 March 2025.",
            "The school was opened on Thursday.",
            "The ministry opened a school on Thursday.",
        ),
        ("Sales fell in 2024.", "Sales fell by a tenth last year.", "Sales fell in last year."),
        ("Sales fell last year.", "Sales will fall this year.", "Sales fell this year."),
        ("The mill closes in April 2025.", "It is to close in April.", "The mill closes in April."),
    ],
)
def test_a_date_is_asked_as_the_source_names_it_from_its_own_day(claim: str, source: str, asked: str) -> None:
    assert asked_on(claim, source) == asked


def test_a_date_takes_the_words_of_a_source_in_another_language() -> None:
    assert asked_on("Sales fell in 2024.", "지난해 매출이 줄었다.", source_lang="ko") == "Sales fell in 지난해."


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("Sales fell in 2023.", "Sales fell last year."),
        ("Sales fell in 2024.", "Sales fell last year, and prices with them: 2024 was a poor one."),
        ("A school opened in March 2025.", "A school was opened on Thursday."),
        ("The mill closes by the end of 2025.", "The mill closes this year."),
        ("Sales fell.", "Sales fell last year."),
    ],
)
def test_a_date_stays_that_the_source_names_otherwise_in_full_or_not_at_all(claim: str, source: str) -> None:
    assert asked_on(claim, source) == claim


@given(st.text(max_size=80), st.text(max_size=80), st.sampled_from(["en", "es", "fr", "de", "pt", "ko", None]))
def test_a_claim_without_dates_stays_whatever_the_source(claim: str, source: str, lang: str | None) -> None:
    assert with_dates_of("Nothing.", lang, source, lang, claim_reference=WRITTEN, source_reference=WRITTEN) == (
        "Nothing."
    )
    assert with_dates_of(claim, lang, "", lang, claim_reference=WRITTEN, source_reference=WRITTEN) == claim
