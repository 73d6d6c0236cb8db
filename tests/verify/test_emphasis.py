"""Pressing words go, and with them nothing that carries meaning."""

import pytest

from claimcheck.verify.emphasis import without_emphasis


@pytest.mark.parametrize(
    ("lang", "claim", "plain"),
    [
        ("en", "The plant has already opened.", "The plant has opened."),
        ("en", "The plant has not already opened.", "The plant has not already opened."),
        ("es", "La planta ya abrió.", "La planta abrió."),
        ("es", "La planta ya no produce.", "La planta ya no produce."),
        ("fr", "L'usine a déjà ouvert.", "L'usine a ouvert."),
        ("de", "Das Werk wurde bereits eröffnet.", "Das Werk wurde eröffnet."),
        ("pt", "A fábrica já abriu.", "A fábrica abriu."),
        ("pt", "A fábrica já não produz.", "A fábrica já não produz."),
        ("ko", "공장은 이미 문을 열었다.", "공장은 문을 열었다."),
        ("cs", "Továrna již stojí.", "Továrna již stojí."),
        (None, "It has already opened.", "It has already opened."),
    ],
)
def test_pressing_words(lang: str | None, claim: str, plain: str) -> None:
    assert without_emphasis(claim, lang) == plain
