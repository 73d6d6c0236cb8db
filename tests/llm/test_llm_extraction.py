"""Extraction by a language model: what it says is held against the draft, and nothing of the draft is lost."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from fake_server import FakeServer, Hangs, Request, Says, fails, says
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from claimcheck.errors import BudgetSpent, KeyRefused, LanguageModelError, ReplyUnusable
from claimcheck.extract.llm import LlmExtractor, ModelExtraction
from claimcheck.extract.local import LocalExtractor
from claimcheck.llm.door import LanguageModel
from claimcheck.models import load_embedder
from claimcheck.settings import load_settings
from claimcheck.text.normalise import normalise
from claimcheck.types import Claim, ClaimKind, Document, SkipReason

OPENED = "Bramford Rail opened a 14-kilometre line between Ostley and Crane on 3 May 2025."
SPENT = "The company spent £212 million on it."
PROUD = "It was a truly magical morning for all of us."
DEPOT = "Ines Marlow said the firm will build a second depot in Crane by 2028."
GROWING = "It is growing."
DRAFT = " ".join((OPENED, SPENT, PROUD, DEPOT, GROWING))

Doors = Callable[..., LanguageModel]


@pytest.fixture(scope="module")
def local() -> LocalExtractor:
    return LocalExtractor(load_embedder(load_settings(threads=1)))


def document(text: str = DRAFT) -> Document:
    return Document(id="draft", text=normalise(text), title="A line opens", lang="en")


def claim(text: str, *sentences: int, kind: str = "fact", said_by: str | None = None) -> dict[str, Any]:
    return {"sentences": sentences, "text": text, "kind": kind, "said_by": said_by}


def left_out(sentence: int, reason: str) -> dict[str, Any]:
    return {"sentence": sentence, "reason": reason}


def reply(*items: dict[str, Any]) -> Says:
    return says(
        {
            "claims": [item for item in items if "text" in item],
            "left_out": [item for item in items if "reason" in item],
        }
    )


GOOD = (
    claim("Bramford Rail opened a 14-kilometre line between Ostley and Crane on 3 May 2025.", 1),
    claim("[Bramford Rail] spent £212 million on [the line between Ostley and Crane]", 2, 1, kind="quantity"),
    left_out(3, "opinion"),
    claim("the firm will build a second depot in Crane by 2028", 4, kind="plan", said_by="Ines Marlow"),
    left_out(5, "ambiguous"),
)


def asked(request: Request) -> list[str]:
    """The sentences that a request numbers."""
    return re.findall(r"^\[\d+\] (.*)$", request.body["messages"][-1]["content"], re.MULTILINE)


def copies(request: Request) -> Says:
    """A model that takes every sentence for a claim, in its own words."""
    return reply(*(claim(text, number) for number, text in enumerate(asked(request), start=1)))


def extraction(doors: Doors, local: LocalExtractor, text: str = DRAFT, **flags: Any) -> ModelExtraction:
    return LlmExtractor(doors(**flags), local).extraction(document(text))


def by_text(found: ModelExtraction, part: str) -> Claim:
    return next(item for item in found.claims if part in item.text)


def quotes(found: ModelExtraction) -> list[str]:
    return [item.quote for item in (*found.claims, *found.skipped)]


def test_what_a_good_model_says_is_taken(server: FakeServer, doors: Doors, local: LocalExtractor) -> None:
    server.will(reply(*GOOD))
    found = extraction(doors, local)
    assert found.fallbacks == found.failures == ()
    assert [item.id for item in found.claims] == ["c1", "c2", "c3"]
    spent = by_text(found, "£212 million")
    assert spent.text == "[Bramford Rail] spent £212 million on [the line between Ostley and Crane]"
    assert spent.kind is ClaimKind.FACT
    assert spent.quote in SPENT
    depot = by_text(found, "depot")
    assert (depot.kind, depot.speaker) == (ClaimKind.PLAN, "Ines Marlow")
    assert depot.quote == "the firm will build a second depot in Crane by 2028"  # as the local extraction cuts it
    assert {item.quote: item.reason for item in found.skipped} == {
        PROUD: SkipReason.OPINION,
        GROWING: SkipReason.AMBIGUOUS,
    }


def test_the_model_is_asked_about_numbered_sentences(server: FakeServer, doors: Doors, local: LocalExtractor) -> None:
    server.will(reply(*GOOD))
    extraction(doors, local)
    assert asked(server.requests[0]) == [OPENED, SPENT, PROUD, DEPOT, GROWING]


def test_saying_is_no_part_of_a_claim(server: FakeServer, doors: Doors, local: LocalExtractor) -> None:
    said = claim("Ines Marlow said the firm will build a second depot in Crane by 2028", 4, kind="plan")
    server.will(reply(*GOOD[:3], said, GOOD[4]))
    depot = by_text(extraction(doors, local), "depot")
    assert depot.text == "the firm will build a second depot in Crane by 2028"
    assert depot.speaker == "Ines Marlow"


@pytest.mark.parametrize(
    ("invented", "sentences"),
    [
        ("[Bramford Rail] spent £312 million on [the line]", (2, 1)),
        ("[Bramford Rail] spent £212 million on [the line] in 2024", (2, 1)),
        ("[Siemens] spent £212 million on [the line]", (2, 1)),
        ("[Bramford Rail] spent £212 million on [the line]", (2,)),  # it names no sentence that has the name
        ("[Bramford Rail] did not spend £212 million on [the line]", (2, 1)),
        ("The ministers were paid off with public money", (2, 1)),
        ("said the company", (2, 1)),
    ],
)
def test_what_the_draft_does_not_say_is_rejected(
    server: FakeServer, doors: Doors, local: LocalExtractor, invented: str, sentences: tuple[int, ...]
) -> None:
    server.will(reply(GOOD[0], claim(invented, *sentences), *GOOD[2:]))
    found = extraction(doors, local)
    assert [item.reason for item in found.fallbacks] == ["rejected"]
    assert found.fallbacks[0].span.of(DRAFT) == SPENT
    assert invented not in [item.text for item in found.claims]
    assert "£212 million" in by_text(found, "£212 million").quote  # the local extraction's


def test_a_plan_does_not_become_a_fact(server: FakeServer, doors: Doors, local: LocalExtractor) -> None:
    built = claim("the firm [built] a second depot in Crane by 2028", 4)
    server.will(reply(*GOOD[:3], built, GOOD[4]))
    found = extraction(doors, local)
    assert [item.reason for item in found.fallbacks] == ["rejected"]
    assert by_text(found, "depot").kind is ClaimKind.PLAN
    assert "will build" in by_text(found, "depot").text


def test_a_kind_that_neither_words_nor_local_extraction_bear_out_is_not_taken(
    server: FakeServer, doors: Doors, local: LocalExtractor
) -> None:
    server.will(reply({**GOOD[0], "kind": "prediction"}, *GOOD[1:3], {**GOOD[3], "kind": "fact"}, GOOD[4]))
    found = extraction(doors, local)
    assert by_text(found, "14-kilometre").kind is ClaimKind.FACT
    assert by_text(found, "depot").kind is ClaimKind.PLAN


def test_a_speaker_that_nobody_names_is_not_taken(server: FakeServer, doors: Doors, local: LocalExtractor) -> None:
    server.will(reply({**GOOD[0], "said_by": "Angela Stone"}, *GOOD[1:]))
    assert by_text(extraction(doors, local), "14-kilometre").speaker is None


def test_a_forgotten_sentence_is_taken_from_the_local_extraction(
    server: FakeServer, doors: Doors, local: LocalExtractor
) -> None:
    server.will(reply(*GOOD[1:]))
    found = extraction(doors, local)
    assert [(item.reason, item.span.of(DRAFT)) for item in found.fallbacks] == [("forgotten", OPENED)]
    assert any("14-kilometre" in item.quote for item in found.claims)


def test_claims_that_the_model_leaves_out_are_checked_all_the_same(
    server: FakeServer, doors: Doors, local: LocalExtractor
) -> None:
    server.will(reply(left_out(1, "opinion"), left_out(2, "boilerplate"), *GOOD[2:]))
    found = extraction(doors, local)
    assert [item.reason for item in found.fallbacks] == ["left_out", "left_out"]
    assert any("14-kilometre" in item.quote for item in found.claims)
    assert any("£212 million" in item.quote for item in found.claims)


def test_a_claim_that_its_own_sentence_does_not_state_is_rejected(
    server: FakeServer, doors: Doors, local: LocalExtractor
) -> None:
    text = f"A line opens.\n\n{OPENED} {SPENT}"
    mixed = "A line opens, Bramford Rail opened a 14-kilometre line and the company spent £212 million"
    server.will(reply(claim(mixed, 1, 2, 3), claim(OPENED, 2), GOOD[1] | {"sentences": (3, 2)}))
    found = extraction(doors, local, text)
    assert [(item.reason, item.span.start) for item in found.fallbacks] == [("rejected", 0)]
    assert mixed not in {item.text for item in found.claims}


def test_a_claim_told_twice_is_one(server: FakeServer, doors: Doors, local: LocalExtractor) -> None:
    again = claim("bramford rail opened a 14-kilometre line between Ostley and Crane on 3 May 2025", 1)
    server.will(reply(GOOD[0], again, *GOOD[1:]))
    assert len(extraction(doors, local).claims) == 3


def test_what_was_rejected_does_not_count_as_told(server: FakeServer, doors: Doors, local: LocalExtractor) -> None:
    text = "The line opened in 2025 and the depot will open in Crane in 2028. The line opened in 2025."
    server.will(reply(claim("The line opened in 2025", 1), claim("The line opened in 2025", 2, 1)))
    found = extraction(doors, local, text)
    assert [item.reason for item in found.fallbacks] == ["rejected"]  # the plan of the first sentence is lost
    assert found.claims[-1].quote.startswith("The line opened in 2025")
    assert found.claims[-1].span.start > text.index("2028")


@pytest.mark.parametrize("step", [Says("I would rather not."), Says('{"claims": ['), reply(claim("It opened.", 9))])
def test_a_reply_that_stays_broken_is_said_so(
    server: FakeServer, doors: Doors, local: LocalExtractor, step: Says
) -> None:
    server.will(step)
    found = extraction(doors, local)
    assert [type(error) for error in found.failures] == [ReplyUnusable]
    assert {item.reason for item in found.fallbacks} == {"failed"}
    claims, skipped = local.extract(document())
    assert (found.claims, found.skipped) == (claims, skipped)
    with pytest.raises(ReplyUnusable):
        LlmExtractor(doors(), local).extract(document())


def test_a_key_that_is_refused_is_said_so(server: FakeServer, doors: Doors, local: LocalExtractor) -> None:
    server.will(fails(401))
    assert isinstance(extraction(doors, local).failures[0], KeyRefused)


def test_a_server_that_hangs_is_said_so(server: FakeServer, doors: Doors, local: LocalExtractor) -> None:
    server.will(Hangs())
    found = extraction(doors, local, llm_timeout_s=0.2, llm_retries=0)
    assert found.failures
    assert found.claims


LONG = " ".join(f"Depot {number} in Crane opened in {1900 + number}." for number in range(1, 41))


def test_long_drafts_are_read_in_windows_without_duplicates(
    server: FakeServer, doors: Doors, local: LocalExtractor
) -> None:
    server.will(copies)
    found = extraction(doors, local, LONG)
    assert found.fallbacks == ()
    assert len(server.requests) == 5
    assert [item.text.rstrip(".") for item in found.claims] == [item.rstrip(".") for item in sentences_of(LONG)]


def test_what_one_window_forgets_the_next_may_tell(server: FakeServer, doors: Doors, local: LocalExtractor) -> None:
    def forgets_its_last(request: Request) -> Says:
        shown = asked(request)
        return reply(*(claim(text, number) for number, text in enumerate(shown[:-1], start=1)))

    server.will(forgets_its_last)
    found = extraction(doors, local, LONG)
    assert [item.span.of(LONG) for item in found.fallbacks] == [sentences_of(LONG)[-1]]


def test_a_budget_that_ends_in_the_middle_leaves_the_rest_to_the_local_extraction(
    server: FakeServer, doors: Doors, local: LocalExtractor
) -> None:
    server.will(copies)
    found = extraction(doors, local, LONG, max_calls=2, concurrency=1)
    assert [type(error) for error in found.failures] == [BudgetSpent] * 3
    assert 0 < len([item for item in found.fallbacks if item.reason == "failed"]) < 40
    assert len(server.requests) == 2
    whole = extraction(doors, local, LONG)
    assert whole.failures == ()
    assert len(server.requests) == 5  # only what was missing


def test_a_second_run_makes_no_call(server: FakeServer, doors: Doors, local: LocalExtractor) -> None:
    server.will(copies)
    first = extraction(doors, local, LONG)
    calls = len(server.requests)
    again = doors(offline=True)
    assert LlmExtractor(again, local).extraction(document(LONG)) == first
    assert (len(server.requests), again.usage.calls, again.usage.cached_replies) == (calls, 0, calls)


def test_an_empty_draft_asks_nothing(server: FakeServer, doors: Doors, local: LocalExtractor) -> None:
    assert extraction(doors, local, " ") == ModelExtraction((), ())
    assert server.requests == []


def test_markdown_stays_outside_the_prompt_and_inside_the_spans(
    server: FakeServer, doors: Doors, local: LocalExtractor
) -> None:
    text = "**Bramford Rail** opened a [depot](https://example.org/depot) in Crane in 2025."
    server.will(reply(claim("Bramford Rail opened a depot in Crane in 2025.", 1)))
    found = extraction(doors, local, text)
    assert "example.org" not in server.requests[0].text
    assert found.claims[0].quote in text
    assert "**Bramford Rail**" in found.claims[0].quote


def sentences_of(text: str) -> list[str]:
    return re.findall(r"\S[^.]*\.", text)


SENTENCES = [
    OPENED,
    SPENT,
    PROUD,
    DEPOT,
    GROWING,
    "¿Y ahora?",
    "공장은 2024년에 열렸다.",
    "*Now* [it](https://a.example) is on.",
]
TEXTS = st.lists(st.sampled_from(SENTENCES), max_size=20).map(" ".join)
REPLIES = st.lists(
    st.one_of(
        st.builds(
            claim, st.sampled_from([*SENTENCES, "It opened.", "[It]", "x"]), st.integers(1, 6), st.integers(1, 6)
        ),
        st.builds(left_out, st.integers(1, 6), st.sampled_from(["opinion", "question", "boilerplate", "ambiguous"])),
    ),
    max_size=8,
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(TEXTS, REPLIES)
def test_whatever_is_replied_no_sentence_is_lost_and_every_span_is_exact(
    server: FakeServer, doors: Doors, local: LocalExtractor, text: str, items: list[dict[str, Any]]
) -> None:
    server.will(reply(*items))
    draft = document(text)
    found = LlmExtractor(doors(llm_retries=0), local).extraction(draft)
    for item in (*found.claims, *found.skipped):
        assert item.quote == item.span.of(draft.text)
    assert [item.id for item in found.claims] == [f"c{number}" for number in range(1, len(found.claims) + 1)]
    assert list(found.claims) == sorted(found.claims, key=lambda item: item.span.start)
    assert list(found.skipped) == sorted(found.skipped, key=lambda item: item.span.start)
    claims, skipped = local.extract(draft)
    spans = [item.span for item in (*found.claims, *found.skipped)]
    assert all(any(span.overlaps(item.span) for span in spans) for item in (*claims, *skipped))
    for item in found.fallbacks:
        assert not item.span.of(draft.text)[:1].isspace()
    json.dumps([item.model_dump(mode="json") for item in found.claims])
    assert all(isinstance(error, LanguageModelError) for error in found.failures)
