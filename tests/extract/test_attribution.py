from __future__ import annotations

import pytest

from claimcheck.extract.attribution import content_of, is_greeting, is_mere_attribution
from claimcheck.extract.mentions import find_mentions
from claimcheck.extract.speakers import Attributor
from claimcheck.types import Span


def span_of(text: str, part: str) -> Span:
    start = text.index(part)
    return Span(start=start, end=start + len(part))


@pytest.mark.parametrize(
    ("text", "lang", "claim", "content"),
    [
        ("Ann Lee said the port is open.", "en", "Ann Lee said the port is open", "the port is open"),
        ("Ann Lee announced that the port is open.", "en", "Ann Lee announced that the port is open",
         "the port is open"),
        ("The firm announced a new port in May.", "en", "The firm announced a new port in May", None),
        ("The port is open, said Ann Lee.", "en", "The port is open, said Ann Lee", "The port is open"),
        ("The port is open, according to the court.", "en", "The port is open, according to the court",
         "The port is open"),
        ("According to Lee, 30 ports are open.", "en", "According to Lee, 30 ports are open", "30 ports are open"),
        ("It rose, and the port is open.", "en", "and the port is open", "the port is open"),
        ("Ana Roca dijo que el puerto abrió ayer.", "es", "Ana Roca dijo que el puerto abrió ayer",
         "el puerto abrió ayer"),
        ("Eva Lindt sagte, der Hafen sei seit Mai offen.", "de", "Eva Lindt sagte, der Hafen sei seit Mai offen",
         "der Hafen sei seit Mai offen"),
        ("Selon la mairie, 30 ports sont ouverts.", "fr", "Selon la mairie, 30 ports sont ouverts",
         "30 ports sont ouverts"),
        ("Ela disse que o porto abriu ontem.", "pt", "Ela disse que o porto abriu ontem", "o porto abriu ontem"),
    ],
)  # fmt: skip
def test_content(text: str, lang: str, claim: str, content: str | None) -> None:
    found = content_of(text, span_of(text, claim), lang)
    assert found is not None
    assert found.of(text) == (content or claim)


def test_words_that_only_attribute_are_no_claim() -> None:
    text = "“It is open,” said the tall captain."
    assert content_of(text, span_of(text, "said the tall captain"), "en") is None


@pytest.mark.parametrize(
    ("text", "lang", "claim", "content"),
    [
        ("The captain, Ann Lee, said the port had served 40 ships.", "en", "said the port had served 40 ships",
         "the port had served 40 ships"),
        ("Ann Lee, head of the port, said it would open in May.", "en", "said it would open in May",
         "it would open in May"),
        ("Le port, mis en cause par la mairie, assure avoir payé 3 millions.", "fr", "assure avoir payé 3 millions",
         "avoir payé 3 millions"),
        ("La capitana, Ana Roca, dijo que el puerto abrió ayer.", "es", "dijo que el puerto abrió ayer",
         "el puerto abrió ayer"),
    ],
)  # fmt: skip
def test_what_a_described_speaker_says_is_content(text: str, lang: str, claim: str, content: str) -> None:
    found = content_of(text, span_of(text, claim), lang)
    assert found is not None
    assert found.of(text) == content


@pytest.mark.parametrize(
    ("text", "lang", "claim", "speaker"),
    [
        ("“The port is open,” said captain Ann Lee.", "en", "The port is open", "Ann Lee"),
        ("The port is open, captain Ann Lee said.", "en", "The port is open", "Ann Lee"),
        ("Captain Ann Lee said the port is open.", "en", "the port is open", "Ann Lee"),
        ("According to the harbour board, the port is open.", "en", "the port is open", "harbour board"),
        ("The port is open, according to the harbour board.", "en", "The port is open", "harbour board"),
        ("The union said 30 ports closed; 40 opened in May.", "en", "40 opened in May", None),
        ("The captain was told the port is open.", "en", "the port is open", None),
        ("The port opened in May.", "en", "The port opened in May", None),
        ("The captain, Ann Lee, has said the port is open.", "en", "the port is open", "Ann Lee"),
        ("Captain Ann Lee said it was late, and she promised that no boats would sink.", "en", "no boats would sink",
         "Ann Lee"),
        ("O capitão dos Portos, Rui Faria, garantiu que o porto abriu.", "pt", "o porto abriu", "Rui Faria"),
        ("La présidente de la région, Anne Le Goff, a promis que douze bus rouleraient.", "fr",
         "douze bus rouleraient", "Anne Le Goff"),
        ("Il a été annoncé que le port ouvrira en mai.", "fr", "le port ouvrira en mai", None),
        ("La ministra Ana Roca ha dicho que el puerto abrió.", "es", "el puerto abrió", "Ana Roca"),
        ("«El puerto está abierto», recordó la capitana, Ana Roca.", "es", "El puerto está abierto", "Ana Roca"),
        ("Según el ministerio, el puerto abrió.", "es", "el puerto abrió", "ministerio"),
        ("« Le port est ouvert », juge la capitaine Anne Roux.", "fr", "Le port est ouvert", "Anne Roux"),
        ("„Der Hafen ist offen“, scherzte Kapitänin Eva Lindt.", "de", "Der Hafen ist offen", "Eva Lindt"),
        ("O segundo semestre foi melhor: vendemos 30 barcos.", "pt", "vendemos 30 barcos", None),
        ("한서윤 대표는 \"항구를 3곳 열었다\"고 말했다.", "ko", "항구를 3곳 열었다", "한서윤 대표"),
        ("해양부에 따르면 항구 3곳이 열렸다.", "ko", "항구 3곳이 열렸다", "해양부"),
    ],
)  # fmt: skip
def test_speaker(text: str, lang: str, claim: str, speaker: str | None) -> None:
    attributor = Attributor(text, lang, find_mentions(text, lang))
    assert attributor.speaker(span_of(text, claim), Span(start=0, end=len(text))) == speaker


def test_a_korean_speaker_is_named_in_full_in_a_later_sentence_too() -> None:
    text = '비가 왔다. 이정훈 시장은 "동의를 받았다"고 말했다.'
    sentence = Span(start=text.index("이"), end=len(text))
    assert (
        Attributor(text, "ko", find_mentions(text, "ko")).speaker(span_of(text, "동의를 받았다"), sentence)
        == "이정훈 시장"
    )


def test_who_is_told_does_not_speak() -> None:
    text = "Its head, Paul Gauthier, told Reuters that it had ordered six jets. It is, he said, “the best in Europe”."
    attributor = Attributor(text, "en", find_mentions(text, "en"))
    sentence = span_of(text, "It is, he said, “the best in Europe”.")
    assert attributor.speaker(span_of(text, "the best in Europe"), sentence) == "Paul Gauthier"


def test_the_source_of_what_stands_before_is_no_claim() -> None:
    text = "It lends 60,000 books a year, according to the council's own figures."
    assert content_of(text, span_of(text, "according to the council's own figures"), "en") is None
    text = "Das teilte Bürgermeisterin Katrin Vogt am Donnerstag mit."
    assert content_of(text, span_of(text, text[:-1]), "de") is None
    text = "This was said by the mayor: the port is open."
    assert content_of(text, span_of(text, "the port is open"), "en") is not None


def test_a_quotation_that_goes_on_keeps_its_speaker() -> None:
    text = "“The port is open,” said captain Ann Lee. “It cost 3 million.”"
    attributor = Attributor(text, "en", find_mentions(text, "en"))
    first, second = span_of(text, "“The port is open,” said captain Ann Lee."), span_of(text, "“It cost 3 million.”")
    assert attributor.speaker(span_of(text, "The port is open"), first) == "Ann Lee"
    assert attributor.speaker(span_of(text, "It cost 3 million"), second) == "Ann Lee"


@pytest.mark.parametrize(
    ("text", "lang", "expected"),
    [
        ("she added", "en", True),
        ("said the minister", "en", True),
        ("said 40 ports had opened in the north", "en", False),
        ("añadió la ministra", "es", True),
    ],
)
def test_mere_attribution(text: str, lang: str, *, expected: bool) -> None:
    assert is_mere_attribution(text, lang) is expected


@pytest.mark.parametrize(
    ("text", "lang"),
    [
        ("Good morning, everyone!", "en"),
        ("¡Buenos días a todos!", "es"),
        ("Bonjour à tous !", "fr"),
        ("Sehr geehrte Damen und Herren,", "de"),
        ("Bom dia a todos!", "pt"),
        ("안녕하십니까.", "ko"),
    ],
)
def test_greetings(text: str, lang: str) -> None:
    assert is_greeting(text, lang)
    assert not is_greeting("1979", lang)
