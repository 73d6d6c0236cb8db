"""Markdown in drafts: read without it, quoted with it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claimcheck.extract.local import LocalExtractor
from claimcheck.extract.markup import closed_up, with_markup, without_markup
from claimcheck.models import load_embedder
from claimcheck.settings import Settings
from claimcheck.types import Document, Span


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("The **mill** closed with *310* jobs.", "The mill closed with 310 jobs."),
        ("[Arle Air](https://a.example/b_(c)) could order ten.", "Arle Air could order ten."),
        ("**[Arle Air](https://a.example)** flies.", "Arle Air flies."),
        ("> It has __ten__ jets.", "It has ten jets."),
        ("It runs `ten` jets ![a jet](jet.png) now.", "It runs ten jets now."),
        ("[Arle Air][1] flies.", "Arle Air flies."),
    ],
)
def test_markup_is_set_aside(text: str, plain: str) -> None:
    assert closed_up(without_markup(text)) == plain


@pytest.mark.parametrize("text", ["5 * 3 * 2", "2*3*4", "snake_case_name", "a * b* c", "as said [1] and [2]", "# Head"])
def test_what_is_none_stays(text: str) -> None:
    assert without_markup(text) == text


@given(st.text(alphabet='ab *_`[]()>!#.\n"é😀', max_size=60))
def test_offsets_stay(text: str) -> None:
    plain = without_markup(text)
    assert len(plain) == len(text)
    assert all(one in (other, " ") for one, other in zip(plain, text, strict=True))
    for start in range(0, len(text), 7):
        span = Span(start=start, end=min(len(text), start + 5))
        wide = with_markup(text, plain, span)
        assert wide.start <= span.start
        assert wide.end >= span.end


def test_claims_are_quoted_with_markup_and_told_without() -> None:
    text = (
        "# Harbour news\n\nThe harbour of Arle handled **4,000 crates** in May 2025.\n\n"
        "[Arle Air](https://a.example/x) opened a base in Porto in 2024. It employs 80 people there."
    )
    claims, skipped = LocalExtractor(load_embedder(Settings())).extract(Document(id="d", text=text))
    assert [claim.text for claim in claims][:2] == [
        "The harbour of Arle handled 4,000 crates in May 2025",
        "Arle Air opened a base in Porto in 2024",
    ]
    assert claims[0].quote == "The harbour of Arle handled **4,000 crates** in May 2025"
    assert claims[1].quote == "[Arle Air](https://a.example/x) opened a base in Porto in 2024"
    for item in (*claims, *skipped):
        assert item.quote == item.span.of(text)
