"""What tokens cost, from a small table that anyone can correct."""

from __future__ import annotations

import re
import tomllib
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from claimcheck.errors import PriceError

_SHIPPED: Final = Path(__file__).with_name("prices.toml")
_DATED: Final = re.compile(r"-\d{4}-?\d{2}-?\d{2}\Z")
_MILLION: Final = Decimal(1_000_000)


class Price(BaseModel):
    """Price of a model, in US dollars for a million tokens."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    input: Decimal = Field(ge=0)
    cached_input: Decimal | None = Field(default=None, ge=0, description="none: as input")
    output: Decimal = Field(ge=0)
    noted: date

    def cost(self, prompt_tokens: int, completion_tokens: int, cached_prompt_tokens: int = 0) -> Decimal:
        """Cost of some tokens, in US dollars.

        Args:
            prompt_tokens: tokens in, all of them.
            completion_tokens: tokens out.
            cached_prompt_tokens: those tokens in that the server had read before.
        """
        cached = self.input if self.cached_input is None else self.cached_input
        fresh = prompt_tokens - cached_prompt_tokens
        return (fresh * self.input + cached_prompt_tokens * cached + completion_tokens * self.output) / _MILLION


def find_price(model: str, own_table: Path | None, *, own_server: bool) -> Price | None:
    """The price of a model, if one is known.

    Args:
        model: as the setting names it.
        own_table: the user's table, which goes before the one that comes with claimcheck.
        own_server: the model runs at an address that the settings name, where the provider's prices say nothing.

    Raises:
        PriceError: a table cannot be used.
    """
    tables = [own_table] if own_table else []
    for table in tables if own_server else [*tables, _SHIPPED]:
        prices = read_prices(table)
        if found := prices.get(model) or prices.get(_DATED.sub("", model)):
            return found
    return None


def read_prices(path: Path) -> dict[str, Price]:
    """The prices of a table, by model.

    Raises:
        PriceError: it cannot be read, or an entry lacks a price.
    """
    try:
        table: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
    except (OSError, ValueError) as error:
        raise PriceError(
            f"The table of prices {path} cannot be read: {error}.", "Correct the setting 'prices'."
        ) from error
    prices = {}
    for model, entry in table.items():
        try:
            prices[model] = Price.model_validate(entry)
        except ValidationError as error:
            first = error.errors()[0]
            raise PriceError(
                f"The table of prices {path}: {model}: {'.'.join(map(str, first['loc']))}: {first['msg']}.",
                "An entry gives input and output in US dollars for a million tokens, and noted, the day of the price.",
            ) from error
    return prices
