"""What a model puts into a claim must stand in the sentences that it names."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claimcheck.extract.grounding import content_words, find_invented, outside_brackets

FIRST = "Bramford Rail opened a 14-kilometre line between Ostley and Crane on 3 May 2025."
SECOND = "It spent £212 million on the line, and expects 9,000 passengers a day by 2027."


@pytest.mark.parametrize(
    ("text", "sources"),
    [
        (FIRST, [FIRST]),
        ("[Bramford Rail] spent £212 million on the line [between Ostley and Crane]", [SECOND, FIRST]),
        ("On May 3, 2025, Bramford Rail opened a line of 14 kilometres between Ostley and Crane.", [FIRST]),
        ("[Bramford Rail] expects 9,000 passengers a day by 2027", [SECOND, FIRST]),
        ("The two plants were closed.", ["Both plants, the two in Ostley, were closed."]),
    ],
)
def test_what_the_draft_says_stands(text: str, sources: list[str]) -> None:
    assert find_invented(text, sources, "en") is None


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Bramford Rail opened a 15-kilometre line between Ostley and Crane on 3 May 2025.", "number"),
        ("Bramford Rail opened a 14-kilometre line with two stops between Ostley and Crane.", "number"),
        ("Bramford Rail opened a 14-mile line between Ostley and Crane on 3 May 2025.", "quantity"),
        ("Bramford Rail opened a 14-kilometre line between Ostley and Crane on 4 May 2025.", "number"),
        ("Bramford Rail opened a 14-kilometre line between Ostley and Crane last year.", "date"),
        ("Bramford Rail opened a 14-kilometre line between Ostley and Crane in June 2025.", "date"),
        ("Bramford Rail opened a 14-kilometre line between Ostley and Marlow on 3 May 2025.", "name"),
        ("Siemens opened a 14-kilometre line between Ostley and Crane on 3 May 2025.", "word"),
        ("[Siemens Mobility] opened a 14-kilometre line between Ostley and Crane on 3 May 2025.", "name"),
        ("Bramford Rail has not opened a 14-kilometre line between Ostley and Crane.", "wording of"),
        ("Bramford Rail will open a 14-kilometre line between Ostley and Crane.", "wording of"),
        ("Bramford Rail bribed several ministers about a secret concession line.", "wording"),
        ("", "wording"),
        ("[Bramford Rail opened a line between Ostley and Crane]", "wording"),
    ],
)
def test_what_it_does_not_say_is_named(text: str, kind: str) -> None:
    invented = find_invented(text, [FIRST], "en")
    assert invented is not None
    assert kind in invented.kind


@pytest.mark.parametrize(
    ("text", "source", "lang", "stands"),
    [
        ("[Das Werk] in Lindau eröffnete 2024", "Das Werk in Lindau wurde 2024 eröffnet.", "de", True),
        ("Siemens eröffnete das Werk in Lindau 2024", "Das Werk in Lindau wurde 2024 eröffnet.", "de", False),
        ("현대로템이 창원 공장을 2024년에 열었다", "현대로템은 2024년 창원 공장을 열었다고 밝혔다.", "ko", True),
        ("삼성전자가 창원 공장을 2024년에 열었다", "현대로템은 2024년 창원 공장을 열었다고 밝혔다.", "ko", False),
        ("La planta de Arequipa abrió en mayo de 2024", "La planta de Arequipa abrió en mayo de 2024.", "es", True),
        ("The plant in Arequipa opened in 2024", "La planta de Arequipa abrió en mayo de 2024.", "es", False),
    ],
)
def test_in_other_languages(text: str, source: str, lang: str, stands: bool) -> None:
    assert (find_invented(text, [source], lang) is None) is stands


WORDS = st.sampled_from([*FIRST.split(), *SECOND.split(), "May", "two", "[the", "line]", "5", "%", "—"])


@given(st.lists(WORDS, min_size=3, max_size=20).map(" ".join))
def test_a_sentence_bears_itself_out(sentence: str) -> None:
    invented = find_invented(sentence, [sentence], "en")
    assert invented is None or not content_words(outside_brackets(sentence), "en")


@given(st.integers(0, 10**7), st.sampled_from(["{} homes", "{} percent of homes", "£{} million", "in {}"]))
def test_no_other_figure_gets_through(number: int, form: str) -> None:
    text = "Bramford Rail opened the line " + form.format(number)
    invented = find_invented(text, ["Bramford Rail opened the line for 77 homes"], "en")
    assert (invented is None) is (number == 77 and form == "{} homes")
