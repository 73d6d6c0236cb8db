import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from claimcheck.text.names import find_names
from claimcheck.text.wordlists import LANGUAGES

WORDS = st.lists(
    st.sampled_from(
        [
            "Bank",
            "of",
            "England",
            "the",
            "The",
            "KF-21",
            "iPhone",
            "&",
            "AG",
            "J.",
            "U.S.",
            ".",
            ",",
            " ",
            "’s",
            "de",
            "l'",
            "Mr",
            "서울",
            "Ω",
        ]
    )
).map(" ".join)


def names(text, lang):
    return [span.of(text) for span in find_names(text, lang)]


@pytest.mark.parametrize(
    ("lang", "text", "found"),
    [
        (
            "en",
            "Samsung Electronics met the Bank of England on Monday in May.",
            ["Samsung Electronics", "Bank of England"],
        ),
        ("en", "On Friday President Emmanuel Macron saw J. Smith.", ["Emmanuel Macron", "J. Smith"]),
        ("en", "Workers left Kassel.", ["Kassel"]),
        ("en", "He met John Will Smith there.", ["John Will Smith"]),
        ("fr", "La présidente, Anne Le Goff, a promis plus.", ["Anne Le Goff"]),
        ("en", "Apple grew. The rise helped Apple again.", ["Apple", "Apple"]),
        ("en", "The firm's iPhone and the KF-21 flew to the U.S. by day.", ["iPhone", "KF-21", "U.S."]),
        ("en", "He saw Volkswagen's plant and Procter & Gamble.", ["Volkswagen", "Procter & Gamble"]),
        ("en", "Ministry Will Open Second Plant", []),
        ("en", "It sold 5 MW for 3 EUR, said the CEO.", []),
        (
            "de",
            "Die Volkswagen AG baut Ende Mai ein Werk, sagte Frau Angela Merkel.",
            ["Volkswagen AG", "Angela Merkel"],
        ),
        ("de", "Der Bau beginnt, die Arbeiter kommen.", []),
        ("de", "Dort bauen BMW und Ursula von der Leyen.", ["BMW", "Ursula von der Leyen"]),
        ("de", "Das gilt nach Angaben der Betreiber.", []),
        ("es", "La marcha fue en Santiago de la Rosa.", ["Santiago de la Rosa"]),
        ("fr", "Le président Emmanuel Macron a visité l'Institut Pasteur.", ["Emmanuel Macron", "Institut Pasteur"]),
        ("es", "La ministra vio el Banco de España en Madrid.", ["Banco de España", "Madrid"]),
        ("pt", "O presidente Lula visitou o Banco do Brasil em São Paulo.", ["Lula", "Banco do Brasil", "São Paulo"]),
        ("ko", "삼성전자는 HBM4와 Nvidia 제품을 500MW 공장에서 만든다.", ["HBM4", "Nvidia"]),
        ("ru", "Это был Иван Петров.", ["Иван Петров"]),
        ("ja", "東京でソニーが発表した。", []),
    ],
)
def test_names(lang, text, found):
    assert names(text, lang) == found


@settings(max_examples=200)
@given(WORDS | st.text(st.characters(exclude_categories=["Cs"])), st.sampled_from([*LANGUAGES, "ru", None]))
def test_names_lie_apart_in_order_in_any_text(text, lang):
    at = 0
    for span in find_names(text, lang):
        assert at <= span.start < span.end <= len(text)
        at = span.end
