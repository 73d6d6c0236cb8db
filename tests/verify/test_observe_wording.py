"""Steps that a sentence says were taken, and plans worded without doubt."""

from datetime import date

import pytest

from claimcheck.verify.observe import Observation, observe


def seen(claim: str, sentence: str, lang: str = "en") -> Observation:
    return observe(claim, lang, sentence, lang, published=date(2025, 6, 1), as_of=date(2025, 12, 31))


@pytest.mark.parametrize(
    ("lang", "claim", "sentence"),
    [
        ("en", "The army signed a contract for 30 vehicles.", "The army signed a contract for 30 vehicles in May."),
        ("en", "Acme signed a memorandum with the port.", "Acme signed a contract with the port on Friday."),
        ("es", "La empresa firmó un memorando con el puerto.", "La empresa firmó un memorando con el puerto en mayo."),
        ("de", "Das Heer hat einen Vertrag unterzeichnet.", "Das Heer hat im Mai einen Vertrag unterzeichnet."),
    ],
)
def test_a_step_that_the_sentence_says_was_taken(lang: str, claim: str, sentence: str) -> None:
    assert seen(claim, sentence, lang).step_taken


@pytest.mark.parametrize(
    ("claim", "sentence"),
    [
        ("The army signed a contract for 30 vehicles.", "The army signed a memorandum on 30 vehicles."),
        ("The army signed a contract for 30 vehicles.", "The army will sign a contract for 30 vehicles."),
        ("The army will sign a contract for 30 vehicles.", "The army signed a contract for 30 vehicles."),
        ("The army has 30 vehicles.", "The army signed a contract for 30 vehicles."),
    ],
)
def test_no_step_below_the_claimed_one_or_where_none_is_claimed(claim: str, sentence: str) -> None:
    assert not seen(claim, sentence).step_taken


@pytest.mark.parametrize(
    ("lang", "sentence"),
    [
        ("en", "The city plans to build a port."),
        ("es", "La ciudad planea construir un puerto."),
        ("de", "Die Stadt plant den Bau eines Hafens."),
        ("fr", "La ville prévoit de construire un port."),
        ("pt", "A cidade planeja construir um porto."),
        ("ko", "시는 항구를 건설할 계획이다."),
    ],
)
def test_a_plan_without_doubt_commits(lang: str, sentence: str) -> None:
    assert seen("x", sentence, lang).committed


@pytest.mark.parametrize(
    "sentence",
    [
        "The city may plan to build a port.",
        "If approved, the city plans to build a port.",
        "The city does not plan to build a port.",
        "The city built a port.",
    ],
)
def test_doubt_condition_or_denial_does_not_commit(sentence: str) -> None:
    assert not seen("x", sentence).committed


def test_figures_that_follow_from_those_of_the_sentence() -> None:
    claim = "Acme lost 11,500 jobs."
    for sentence, reckoned in (
        ("Its jobs fell from 41,000 to 29,500.", True),
        ("Acme lost 11,500 jobs of 41,000.", False),
        ("Its jobs fell from 41,000 to 30,500.", False),
    ):
        observed = observe(claim, "en", sentence, "en", published=None, as_of=date(2026, 1, 15))
        assert observed.reckoned is reckoned
