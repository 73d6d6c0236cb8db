"""The table of prices, and one's own before it."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from claimcheck.errors import PriceError
from claimcheck.llm import prices
from claimcheck.llm.prices import find_price, read_prices

OWN = '["openai:gpt-4o"]\ninput = 9\noutput = 9.5\nnoted = 2025-12-01\n'


def own(folder: Path, text: str = OWN) -> Path:
    path = folder / "prices.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_shipped_table_can_be_read_and_its_prices_are_plausible() -> None:
    table = read_prices(Path(prices.__file__).with_name("prices.toml"))
    assert "openai:gpt-4o-mini" in table
    for price in table.values():
        assert 0 < price.input < price.output < 100
        assert price.cached_input is not None
        assert price.cached_input < price.input


def test_a_name_stands_for_its_dated_versions() -> None:
    plain = find_price("openai:gpt-4o-mini", None, own_server=False)
    assert find_price("openai:gpt-4o-mini-2024-07-18", None, own_server=False) == plain
    assert find_price("anthropic:claude-haiku-4-5-20251001", None, own_server=False) is not None


@pytest.mark.parametrize("model", ["openai:gpt-4o-mini-new", "openai:gpt", "ollama:llama3", "gpt-4o", ""])
def test_what_is_not_named_has_no_price(model: str) -> None:
    assert find_price(model, None, own_server=False) is None


def test_ones_own_table_goes_first(tmp_path: Path) -> None:
    price = find_price("openai:gpt-4o", own(tmp_path), own_server=False)
    assert price is not None
    assert (price.input, price.output, price.noted) == (Decimal(9), Decimal("9.5"), date(2025, 12, 1))
    assert find_price("openai:gpt-4o-mini", own(tmp_path), own_server=False) is not None


def test_at_another_address_only_ones_own_table_counts(tmp_path: Path) -> None:
    assert find_price("openai:gpt-4o", None, own_server=True) is None
    assert find_price("openai:gpt-4o", own(tmp_path), own_server=True) is not None


@pytest.mark.parametrize(
    "text", ["[", '["m"]\ninput = 1\nnoted = 2025-01-01', '["m"]\ninput = -1\noutput = 1\nnoted = 2025-01-01',
             "m = 5", OWN + "currency = 'EUR'"]
)  # fmt: skip
def test_a_table_that_cannot_be_used_is_an_error(tmp_path: Path, text: str) -> None:
    with pytest.raises(PriceError, match=r"prices\.toml"):
        find_price("m", own(tmp_path, text), own_server=False)


def test_a_table_that_is_missing_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(PriceError):
        find_price("m", tmp_path / "none.toml", own_server=False)
