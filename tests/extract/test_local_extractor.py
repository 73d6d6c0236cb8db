from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from claimcheck.errors import ModelError
from claimcheck.extract.heads import load_heads
from claimcheck.extract.local import LocalExtractor
from claimcheck.text.normalise import normalise
from claimcheck.types import Claim, ClaimKind, Document, Skipped, SkipReason

RELEASE = (
    "Dear readers, welcome to our newsletter!\n\n"
    "Bramford Rail opened a 14-kilometre line between Ostley and Crane on 3 May 2025. "
    "The company spent £212 million on the line, which carries 9,000 passengers a day. "
    "It was a truly magical morning for all of us. "
    "“We finished four months early,” said chief executive Ines Marlow. "
    "She added that the firm will build a second depot in Crane by 2028. "
    "Will the trains run on Sundays? "
    "Analysts expect fares to rise by 6 percent next year.\n\n"
    "About Bramford Rail: contact press@bramford.example or subscribe to our mailing list."
)


def extract(extractor: LocalExtractor, text: str) -> tuple[tuple[Claim, ...], tuple[Skipped, ...]]:
    return extractor.extract(Document(id="draft", text=normalise(text)))


def test_finds_the_facts_and_leaves_out_the_rest(extractor: LocalExtractor) -> None:
    claims, skipped = extract(extractor, RELEASE)
    quotes = " | ".join(claim.quote for claim in claims)
    for said in ("opened a 14-kilometre line", "spent £212 million", "9,000 passengers a day", "four months early"):
        assert said in quotes
    reasons = {item.reason: item.quote for item in skipped}
    assert reasons[SkipReason.QUESTION] == "Will the trains run on Sundays?"
    assert reasons[SkipReason.GREETING].startswith("Dear readers")
    assert "magical" in reasons[SkipReason.OPINION]
    assert "press@bramford.example" in reasons[SkipReason.BOILERPLATE]


def test_a_sentence_with_two_claims_gives_two(extractor: LocalExtractor) -> None:
    claims, _ = extract(extractor, RELEASE)
    by_part = {part: [c.id for c in claims if part in c.quote] for part in ("£212 million", "9,000 passengers")}
    assert by_part["£212 million"] != by_part["9,000 passengers"]


def test_speakers_are_kept_and_saying_is_not_part_of_the_claim(extractor: LocalExtractor) -> None:
    claims, _ = extract(extractor, RELEASE)
    early = next(c for c in claims if "four months early" in c.quote)
    assert early.speaker == "Ines Marlow"
    assert early.kind is ClaimKind.QUOTATION
    depot = next(c for c in claims if "second depot" in c.quote)
    assert depot.speaker == "Ines Marlow"
    assert depot.quote.startswith("the firm will build")
    assert depot.kind is ClaimKind.PLAN


def test_a_bare_description_gets_the_name_in_the_text_and_stays_in_the_quote(extractor: LocalExtractor) -> None:
    claims, _ = extract(extractor, RELEASE)
    spent = next(c for c in claims if "£212 million" in c.quote)
    assert spent.quote.startswith("The company spent")
    assert spent.text.startswith("Bramford Rail spent")


def test_a_sentence_that_does_not_tell_what_it_is_of_is_shown_and_not_judged(extractor: LocalExtractor) -> None:
    claims, skipped = extract(
        extractor,
        "Ministers in Norland and Ostia signed a framework agreement for 90 armoured vehicles on 3 March 2025. "
        "It is not yet a purchase. The vehicles will be built in Ostia.",
    )
    assert [item.quote for item in skipped if item.reason is SkipReason.AMBIGUOUS] == ["It is not yet a purchase."]
    assert [claim.id for claim in claims] == ["c1", "c2"]


@pytest.mark.parametrize(
    ("text", "said", "skipped"),
    [
        (
            "La empresa Torrelava fabricó 12.400 bicicletas en 2024 y exportó el 40 % a Francia. "
            "¿Qué más se puede pedir?",
            ("fabricó 12.400 bicicletas", "exportó el 40 %"),
            "¿Qué más se puede pedir?",
        ),
        (
            "Das Werk in Heidrun liefert seit 2021 jährlich 3.000 Turbinen, und 2024 stellte es 120 Menschen ein. "
            "Ist das genug?",
            ("3.000 Turbinen", "120 Menschen"),
            "Ist das genug?",
        ),
        (
            "La coopérative a vendu 820 tonnes de pommes en 2024, tandis que ses coûts ont baissé de 7 %. "
            "Faut-il s'en réjouir ?",
            ("820 tonnes", "7 %"),
            "Faut-il s'en réjouir ?",
        ),
        (
            "A fábrica produziu 5.600 motores em 2024, e o lucro subiu 11% no mesmo ano. Quem diria?",
            ("5.600 motores", "11%"),
            "Quem diria?",
        ),
        (
            "해담전자는 2024년 배터리 120만 개를 생산했고, 매출은 3,400억 원을 기록했다. 왜 그럴까?",
            ("120만 개", "3,400억 원"),
            "왜 그럴까?",
        ),
    ],
)
def test_other_languages(extractor: LocalExtractor, text: str, said: tuple[str, str], skipped: str) -> None:
    claims, left = extract(extractor, text)
    first, second = ([c.id for c in claims if part in c.quote] for part in said)
    assert first
    assert second
    assert first != second
    assert skipped in {item.quote for item in left}


def test_a_language_without_word_lists_still_gives_claims(extractor: LocalExtractor) -> None:
    claims, left = extract(
        extractor, "Lo stabilimento di Varna ha prodotto 4.200 tonnellate di acciaio nel 2024. Che cosa ne pensate?"
    )
    assert any("4.200 tonnellate" in c.quote for c in claims)
    assert [item.quote for item in left] == ["Che cosa ne pensate?"]


@pytest.mark.parametrize("text", ["", " \n ", "***", "?!", "a", "1", "🙂🙂🙂", "- \n- \n"])
def test_next_to_nothing(extractor: LocalExtractor, text: str) -> None:
    claims, _ = extract(extractor, text)
    assert claims == ()


def test_a_sentence_longer_than_the_encoder_reads_at_once(extractor: LocalExtractor) -> None:
    text = "The port handled " + ", ".join(f"{n:,} crates of fruit {n}" for n in range(1000, 1400)) + " in 2024."
    claims, skipped = extract(extractor, text)
    for item in (*claims, *skipped):
        assert text[item.span.start : item.span.end] == item.quote


def test_twice_the_same(extractor: LocalExtractor) -> None:
    assert extract(extractor, RELEASE) == extract(extractor, RELEASE)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.one_of(
            st.text(max_size=40),
            st.sampled_from(
                [
                    "Ostley sold 40 boats in 2023, and it bought 5.",
                    "“No,” said Ana Roca, who said “yes”.",
                    "회사는 2024년 3곳을 열었고 그는 웃었다.",
                    "La empresa, que perdió 3 millones, dijo que sí.",
                    "who which its the company said that and",
                    "»Ja«, sagte Eva Lindt, »2.000.«",
                    "第一工場は2024年に開業した。",
                    "กขค 12 สวัสดี",
                ]
            ),
        ),
        max_size=6,
    )
)
def test_any_text_gives_exact_spans_in_order(extractor: LocalExtractor, parts: list[str]) -> None:
    text = normalise(" ".join(parts))
    claims, skipped = extract(extractor, text)
    for items in (claims, skipped):
        for item in items:
            assert text[item.span.start : item.span.end] == item.quote
            assert item.quote.strip()
        starts = [item.span.start for item in items]
        assert starts == sorted(starts)
    for before, after in pairwise(claims):
        assert not before.span.overlaps(after.span)
    assert not any(claim.span.overlaps(item.span) for claim in claims for item in skipped)
    assert [claim.id for claim in claims] == [f"c{n}" for n in range(1, len(claims) + 1)]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Ostley Shipyard delivered two ferries in 2023.", ClaimKind.FACT),
        ("Ostley Shipyard plans to deliver two ferries by 2029.", ClaimKind.PLAN),
        ("El ayuntamiento de Ostrel invertirá 4 millones de euros en un nuevo parque en 2027.", ClaimKind.PLAN),
        ("", ClaimKind.FACT),
    ],
)
def test_kind_of_a_claim_by_itself(extractor: LocalExtractor, text: str, kind: ClaimKind) -> None:
    assert extractor.kind_of(text) is kind


class Vectors:
    name = "plain"
    dimension = 2

    def embed_passages(self, texts: list[str]) -> list[list[float]]:
        return [[1.0, 0.0] for _ in texts]

    embed_claims = embed_passages


def test_an_embedder_without_token_states_is_refused() -> None:
    with pytest.raises(ModelError, match="plain"):
        LocalExtractor(Vectors())


def test_the_heads_were_trained_on_the_shipped_encoder(extractor: LocalExtractor) -> None:
    assert load_heads().encoder == extractor._encoder.name, "run: python -m training.sentence_head"
