from __future__ import annotations

import pytest

from claimcheck.extract.mentions import find_mentions
from claimcheck.extract.standalone import Restater
from claimcheck.text.sentences import split_sentences
from claimcheck.types import Span


def restate(text: str, lang: str, claim: str, *, lacks_subject: bool = False, quoted_from: str | None = None) -> str:
    start = text.rindex(claim)
    span = Span(start=start, end=start + len(claim))
    sentence = next(s for s in split_sentences(text, lang) if s.start <= start < s.end)
    restater = Restater(text, lang, find_mentions(text, lang))
    return restater.restate(span, sentence, lacks_subject=lacks_subject, quoted_from=quoted_from)


@pytest.mark.parametrize(
    ("text", "lang", "claim", "expected"),
    [
        ("Dr Ann Lee left. She bought 3 boats.", "en", "She bought 3 boats", "Ann Lee bought 3 boats"),
        ("Dr Ann Lee left. Her boat sank.", "en", "Her boat sank", "Ann Lee’s boat sank"),
        (
            "Marlow Group grew. In May the company sold 3 boats.",
            "en",
            "In May the company sold 3 boats",
            "In May Marlow Group sold 3 boats",
        ),
        (
            "Marlow Museum opened. In May the museum sold 3 boats.",
            "en",
            "In May the museum sold 3 boats",
            "In May Marlow Museum sold 3 boats",
        ),
        ("Ann Lee, who bought 3 boats, left.", "en", "who bought 3 boats", "Ann Lee bought 3 boats"),
        ("El Grupo Marlo creció. La empresa vendió 3 barcos.", "es", "La empresa vendió 3 barcos",
         "Grupo Marlo vendió 3 barcos"),
        ("Le Groupe Marlot a grandi. L'entreprise a vendu 3 bateaux.", "fr", "L'entreprise a vendu 3 bateaux",
         "Groupe Marlot a vendu 3 bateaux"),
        ("Die Marlow Werke GmbH wuchs. Das Unternehmen verkaufte 3 Boote.", "de", "Das Unternehmen verkaufte 3 Boote",
         "Marlow Werke GmbH verkaufte 3 Boote"),
        ("O Grupo Marlo cresceu. A empresa vendeu 3 barcos.", "pt", "A empresa vendeu 3 barcos",
         "Grupo Marlo vendeu 3 barcos"),
        ("해담전자가 성장했다. 회사는 배 3척을 팔았다.", "ko", "회사는 배 3척을 팔았다", "해담전자는 배 3척을 팔았다"),
        ("한서윤 대표가 왔다. 그는 배 3척을 샀다.", "ko", "그는 배 3척을 샀다", "한서윤 대표는 배 3척을 샀다"),
    ],
)  # fmt: skip
def test_names_take_the_place_of_what_points_at_them(text: str, lang: str, claim: str, expected: str) -> None:
    assert restate(text, lang, claim) == expected


def test_a_clause_without_subject_gets_the_one_that_its_sentence_begins_with() -> None:
    text = "Marlow Group sold 3 boats and bought 4 barges."
    assert restate(text, "en", "bought 4 barges", lacks_subject=True) == "Marlow Group bought 4 barges"
    assert restate(text, "en", "bought 4 barges") == "bought 4 barges"


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        ("Marlow Group and Ostley Bank grew. The company sold 3 boats.", "The company sold 3 boats"),
        ("The company sold 3 boats.", "The company sold 3 boats"),
        ("Nobody came. She bought 3 boats.", "She bought 3 boats"),
        ("The roof of the Marlow Museum, which sank, was new.", "which sank"),
        ("Marlow Group, which I sold, sank.", "which I sold"),
        ("Marlow Group's owners sold 3 boats and bought 4 barges.", "bought 4 barges"),
        ("Lima signed for 141 K808 vehicles. It is not yet a purchase.", "It is not yet a purchase"),
        ("Marlow Airport opened. In May the airport authority sold 3 boats.",
         "In May the airport authority sold 3 boats"),
    ],
)  # fmt: skip
def test_nothing_is_put_in_where_it_is_not_clear(text: str, claim: str) -> None:
    assert restate(text, "en", claim, lacks_subject=claim.startswith("bought")) == claim


def test_he_or_she_in_a_quotation_is_not_its_speaker() -> None:
    text = "“My aunt sailed,” said captain Ann Lee, “and she bought 3 boats.”"
    assert restate(text, "en", "she bought 3 boats", quoted_from="Ann Lee") == "she bought 3 boats"


@pytest.mark.parametrize(
    ("text", "lang", "kinds"),
    [
        ("Minister Ann Lee met Marlow Group in Ostley.", "en", {"Ann Lee": "person", "Marlow Group": "body"}),
        ("Captain Ann Lee left. Later Lee returned.", "en", {"Ann Lee": "person"}),
        ("한서윤 대표는 해담전자를 떠났다.", "ko", {"한서윤 대표": "person", "해담전자": "body"}),
    ],
)
def test_mentions(text: str, lang: str, kinds: dict[str, str]) -> None:
    found = find_mentions(text, lang)
    assert {m.name: m.kind for m in found if m.kind in ("person", "body")} == kinds


def test_a_surname_is_a_mention_of_the_whole_name() -> None:
    text = "Captain Ann Lee left. Later Lee returned."
    assert [m.name for m in find_mentions(text, "en")] == ["Ann Lee", "Ann Lee"]
