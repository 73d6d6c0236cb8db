from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from claimcheck.text.numerals import find_numerals
from claimcheck.text.wordlists import LANGUAGES, fold

NUMBERISH = st.lists(
    st.sampled_from(
        [
            *"0123456789.,'’ -/:%$€천만억조",
            "two",
            " million",
            " hundred",
            "and",
            " half a ",
            "mil ",
            "M€",
            " Mio. ",
            "vingt",
            "두 ",
        ]
    )
).map("".join)


def values(text, lang):
    return [numeral.value for numeral in find_numerals(text, lang)]


@pytest.mark.parametrize(
    ("lang", "text", "value"),
    [
        ("en", "1,212", 1212),
        ("en", "1.212", "1.212"),
        ("en", "1,212.5", "1212.5"),
        ("en", "0.125", "0.125"),
        ("en", "1'212", 1212),
        ("en", "5,00,000", 500000),
        ("en", "1 200 000", 1200000),
        ("en", "45 000", 45000),
        ("en", "3.5 million", 3500000),
        ("en", "1.2bn", 1200000000),
        ("en", "2 lakh", 200000),
        ("en", "twenty-five", 25),
        ("en", "two hundred and fifty thousand", 250000),
        ("en", "half a million", 500000),
        ("en", "two and a half million", 2500000),
        ("en", "a hundred", 100),
        ("en", "two dozen", 24),
        ("en", "half a dozen", 6),
        ("es", "1.212", 1212),
        ("es", "1,212", 1212),
        ("es", "3,5", "3.5"),
        ("es", "3,5 mil millones", 3500000000),
        ("es", "doscientos cincuenta", 250),
        ("es", "dos mil quinientos", 2500),
        ("es", "treinta y cinco", 35),
        ("es", "un millón y medio", 1500000),
        ("es", "cinco mil millones", 5000000000),
        ("es", "1 millón y medio", 1500000),
        ("fr", "1 212", 1212),
        ("fr", "1 212,5", "1212.5"),
        ("fr", "soixante-quinze", 75),
        ("fr", "quatre-vingt-dix-neuf", 99),
        ("fr", "vingt et un", 21),
        ("fr", "deux cents", 200),
        ("fr", "deux millions et demi", 2500000),
        ("fr", "une dizaine", 10),
        ("de", "1.212", 1212),
        ("de", "1,5 Mrd.", 1500000000),
        ("de", "20-Millionen", 20000000),
        ("de", "fünfundzwanzig", 25),
        ("de", "zweihundert", 200),
        ("de", "dreitausend", 3000),
        ("de", "anderthalb Millionen", 1500000),
        ("de", "eine halbe Million", 500000),
        ("pt", "3,5 bilhões", 3500000000),
        ("pt", "cento e vinte", 120),
        ("pt", "vinte e cinco", 25),
        ("pt", "meio milhão", 500000),
        ("ko", "21조6000억", 21600000000000),
        ("ko", "9조4000억", 9400000000000),
        ("ko", "1만2000", 12000),
        ("ko", "1억 2천만", 120000000),
        ("ko", "3.5조", 3500000000000),
        ("ko", "5,000만", 50000000),
        ("it", "1.212", 1212),
        ("it", "1.212,5", "1212.5"),
        ("it", "1.212.000", 1212000),
        (None, "1,212", 1212),
    ],
)
def test_one_number(lang, text, value):
    (numeral,) = find_numerals(text, lang)
    assert numeral.value == Decimal(value)
    assert text[numeral.start : numeral.end] == text


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("en", "KF-21 A320 K2 HBM4 Covid-19"),
        ("en", "10:30 24/7 v1.2.3 192.168.0.1 555-123-4567"),
        ("en", "one of a kind, several hundred, half the time"),
        ("en", "the Big Four"),
        ("en", "file_3 #7 a@5"),
        ("en", "7" * 60),
        ("de", "am 3. März"),
        ("fr", "pour cent"),
        ("ko", "제3공장"),
    ],
)
def test_no_number(lang, text):
    assert find_numerals(text, lang) == ()


def test_numbers_that_stand_side_by_side_stay_apart():
    assert values("dos y tres", "es") == [2, 3]
    assert values("twenty and ten", "en") == [20, 10]
    assert values("fünfundzwanzig zweihundert", "de") == [25, 200]
    assert values("3 million and five", "en") == [3000000, 5]


@pytest.mark.parametrize(
    ("text", "step"), [("5,000", 1000), ("4,873", 1), ("3.50", "0.01"), ("1.2bn", 100000000), ("250 million", 10000000)]
)
def test_step_is_the_place_of_the_last_digit(text, step):
    assert find_numerals(text, "en")[0].step == Decimal(step)


@settings(max_examples=300)
@given(NUMBERISH | st.text(st.characters(exclude_categories=["Cs"])), st.sampled_from([*LANGUAGES, "it", None]))
def test_numerals_lie_apart_in_order_in_any_text(text, lang):
    at = 0
    for numeral in find_numerals(text, lang):
        assert at <= numeral.start < numeral.end <= len(text)
        assert numeral.step > 0
        at = numeral.end


@given(st.text())
def test_folding_keeps_offsets(text):
    assert len(fold(text)) == len(text)
    assert fold("İSTANBUL") == "İstanbul"
