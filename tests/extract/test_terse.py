"""Drafts of a sentence or two, as people paste them."""

import pytest

from claimcheck.extract.local import LocalExtractor
from claimcheck.models import load_embedder
from claimcheck.settings import Settings
from claimcheck.types import ClaimKind, Document


@pytest.fixture(scope="module")
def extractor() -> LocalExtractor:
    return LocalExtractor(load_embedder(Settings()))


@pytest.mark.parametrize(
    "text",
    [
        "The plant opened in May 2025.",
        "La empresa abrió una planta en mayo.",
        "Das Werk wurde im Mai eröffnet.",
        "L'usine a ouvert en mai.",
        "A usina foi inaugurada em maio.",
        "페루는 잠수함 4척을 샀다.",
    ],
)
def test_one_sentence_is_a_claim(extractor: LocalExtractor, text: str) -> None:
    (claim,), skipped = extractor.extract(Document(id="d", text=text))
    assert claim.quote == text.rstrip(".")
    assert not skipped


@pytest.mark.parametrize("text", ["What a day!", "Is it true?", "It is the most beautiful plant in the world."])
def test_one_sentence_that_states_nothing_is_none(extractor: LocalExtractor, text: str) -> None:
    claims, (skipped,) = extractor.extract(Document(id="d", text=text))
    assert not claims
    assert skipped.quote == text


def test_a_step_taken_is_a_fact(extractor: LocalExtractor) -> None:
    assert extractor.kind_of("Peru signed a contract for four ships in April 2024.") is ClaimKind.FACT
