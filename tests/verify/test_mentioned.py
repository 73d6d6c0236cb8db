"""Whether a source speaks of what a claim names."""

import pytest

from claimcheck.verify.mentioned import mentions_a_name


@pytest.mark.parametrize(
    ("claim", "lang", "source", "expected"),
    [
        ("Arle Air opened a base in Porto.", "en", "The airline of Arle grew.", True),
        ("Arle Air opened a base in Porto.", "en", "The town of Borna opened a school.", False),
        ("Insolvencies rose in Lisbon.", "en", "Las quiebras en Lisboa crecen.", True),
        ("The bridge of Lisbon closed.", "en", "Die Brücke Lissabons ist zu.", False),
        ("Die Brücke in São Tomé ist zu.", "de", "The bridge of Sao Tome is closed.", True),
        ("The plant opened in May.", "en", "The town of Borna opened a school.", True),
        ("Arle Air opened a base in Porto.", "en", "한빛전자는 수원에 LED 공장을 열었다.", True),
        ("한빛전자는 수원에 공장을 열었다.", "ko", "The town of Borna opened a school.", True),
    ],
)
def test_mentions(claim: str, lang: str, source: str, *, expected: bool) -> None:
    assert mentions_a_name(claim, lang, source) is expected
