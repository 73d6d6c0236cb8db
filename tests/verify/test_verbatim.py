"""Sentences that say a claim word for word."""

import pytest

from claimcheck.verify.verbatim import wording_of


@pytest.mark.parametrize(
    ("lang", "claim", "sentence", "expected"),
    [
        ("en", "The port of Lume has opened.", "On Monday the port of Lume has opened, he said.", "whole"),
        ("en", "The port of Lume is finished.", "The port of Lume is almost finished.", "apart"),
        ("en", "The port of Lume is finished.", "The port of Lume is not finished.", None),
        ("en", "The port of Lume will open.", "The port of Lume will open.", None),
        ("en", "The port of Lume is open.", "It is unclear whether the port of Lume is open.", None),
        ("en", "Acme sued Brix over tolls.", "Brix sued Acme over tolls.", None),
        ("en", "Lume opened.", "Lume opened.", None),
        ("fr", "Vandaele a mis fin à son contrat avec Serra.",
         "Vandaele a mis fin à son contrat avec la coopérative Serra après des plaintes.", "apart"),
        ("de", "Der Hafen von Lume ist offen.", "Hafen von Lume ist offen.", "whole"),
        ("ko", "루메 항구가 지난해 문을 열었다.", "루메 항구가 지난해 문을 열었다.", "whole"),
        ("it", "Il porto di Lume ha aperto.", "Il porto di Lume ha aperto.", None),
    ],
)  # fmt: skip
def test_wording(lang: str, claim: str, sentence: str, expected: str | None) -> None:
    assert wording_of(claim, lang, sentence, lang) == expected


def test_languages_must_agree() -> None:
    assert wording_of("The port of Lume opened.", "en", "The port of Lume opened.", "fr") is None
