"""Limits hold whatever the calls turn out to use."""

import threading
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claimcheck.errors import BudgetSpent
from claimcheck.llm.meter import Limits, Meter, Tokens
from claimcheck.llm.prices import Price

PRICE = Price(input=Decimal(1), cached_input=Decimal("0.1"), output=Decimal(4), noted=date(2025, 1, 1))


def run(meter: Meter, prompt_bytes: int, reply_tokens: int, told: Tokens | None) -> None:
    with meter.call(prompt_bytes, reply_tokens) as call:
        call.answered(told)


CALLS = st.lists(
    st.tuples(st.integers(200, 8000), st.integers(16, 900), st.floats(0, 0.36), st.floats(0, 1)), max_size=40
)


@given(CALLS, st.integers(0, 9000), st.integers(0, 12))
def test_no_limit_is_ever_passed(calls, most_tokens: int, most_calls: int) -> None:
    meter = Meter(PRICE, Limits(most_calls, most_tokens, Decimal("0.01")))
    for prompt_bytes, reply_tokens, rate, part in calls:
        try:
            run(meter, prompt_bytes, reply_tokens, Tokens(int(prompt_bytes * rate), int(reply_tokens * part)))
        except BudgetSpent:
            continue
        used = meter.usage("m", None, ())
        assert used.tokens <= most_tokens
        assert used.calls <= most_calls
        assert used.cost is not None
        assert used.cost <= 0.01


def test_a_server_that_counts_more_than_was_guessed_is_taken_at_its_word() -> None:
    meter = Meter(None, Limits(tokens=3000))
    run(meter, 1000, 100, Tokens(1000, 100))
    with pytest.raises(BudgetSpent), meter.call(2000, 100):
        pass


def test_a_call_that_may_fit_waits_for_those_under_way() -> None:
    meter = Meter(None, Limits(tokens=1500))
    let_through = threading.Event()

    def second() -> None:
        run(meter, 1000, 500, Tokens(300, 10))
        let_through.set()

    with meter.call(1000, 500) as first:
        thread = threading.Thread(target=second)
        thread.start()
        assert not let_through.is_set()
        first.answered(Tokens(300, 10))
    thread.join(10)
    assert let_through.is_set()


def test_a_call_that_cannot_fit_waits_for_nobody() -> None:
    meter = Meter(None, Limits(tokens=1000))
    with meter.call(1000, 100), pytest.raises(BudgetSpent, match="max_tokens"), meter.call(2000, 500):
        pass


def test_a_call_without_a_reply_is_counted_and_costs_no_tokens_unless_it_hung() -> None:
    meter = Meter(PRICE, Limits(tokens=1000))
    with pytest.raises(OSError, match="away"), meter.call(1000, 100):
        raise OSError("away")
    assert meter.usage("m", None, ()).failed_calls == 1
    with meter.call(1000, 400) as call:
        call.given_up()
    used = meter.usage("m", None, ())
    assert (used.calls, used.failed_calls, used.unmetered, used.tokens, used.cost) == (2, 2, 1, 0, 0.0)
    with pytest.raises(BudgetSpent), meter.call(1000, 100):  # what hung is charged at its most
        pass


def test_kept_tokens_cost_less() -> None:
    meter = Meter(PRICE, Limits())
    run(meter, 1000, 100, Tokens(1_000_000, 250_000, 500_000))
    assert meter.usage("m", None, ()).cost == pytest.approx(0.5 + 0.05 + 1.0)


def test_no_price_is_no_cost() -> None:
    meter = Meter(None, Limits())
    run(meter, 1000, 100, Tokens(10, 10))
    assert meter.usage("m", None, ()).cost is None
    with pytest.raises(ValueError, match="needs a price"):
        Meter(None, Limits(cost=Decimal(1)))
