from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claimcheck.text.quantities import find_quantities
from claimcheck.text.reckoning import follows, with_units_shared


def reckoned(claim, source):
    found = find_quantities(source, "en")
    return follows(find_quantities(claim, "en")[-1], found)


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("It lost 11,500 people.", "It fell from 41,000 to 29,500 people."),
        ("The two towns have 140 buses.", "One town has 58 buses, the other 82 buses."),
        ("The cranes cost 29 million dollars.", "Two cranes were ordered at 14.5 million dollars apiece."),
        ("It cost about €1.24 million per kilometre.", "It ordered 210 km of cable for €260m."),
        ("Two thirds of the tankers are here.", "Of the six tankers ordered, four have come."),
        ("Sales rose by 15 percent.", "Sales were 18.4 million francs, after 16 million francs."),
        ("The house has 72,000 seats.", "It sold 61,200 seats, 85 percent of all."),
        ("Revenue had been 300 million pounds.", "Revenue fell by 12 percent to 264 million pounds."),
        ("It kept 51 percent.", "It sold 49 percent."),
        ("Its share is 4.7 percentage points higher.", "It reached 93.1 percent, the others 88.4 percent."),
        ("Each farm delivers 500,000 litres.", "The dairy took 985 million litres from 1,970 farms."),
    ],
)
def test_a_figure_that_follows(claim, source):
    assert reckoned(claim, source)


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("It lost 12,500 people.", "It fell from 41,000 to 29,500 people."),
        ("More than 100,000 homes wait.", "12 percent, or 54,000 homes, wait."),
        ("It earned 300 million dollars.", "It fell by 12 percent to 264 million pounds."),
        ("It has 40 sites.", "It has 30 sites."),
        ("It has 40 sites.", "It is large."),
        ("It lost 9 jobs.", "1 job, 2 jobs, 4 jobs, 8 jobs, 16 jobs, 32 jobs, and 41 jobs went."),
    ],
)
def test_a_figure_that_does_not(claim, source):
    assert not reckoned(claim, source)


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("It costs 5.50 instead of 4 euros.", "5.50", "currency:EUR"),
        ("It got 2.6 of 3.8 million euros.", "2600000", "currency:EUR"),
        ("It got 3.8 million euros and had asked for 5 million.", "5000000", "currency:EUR"),
    ],
)
def test_a_bare_number_takes_the_unit_beside_it(text, value, unit):
    (shared,) = with_units_shared(find_quantities(text, "en"))
    assert (shared.low, shared.unit) == (Decimal(value), unit)


def test_a_bare_number_far_from_the_one_beside_it_stays_bare():
    assert with_units_shared(find_quantities("For 300 it paid 5 euros.", "en")) == ()


@given(st.integers(11, 10**9), st.integers(11, 10**9))
def test_sums_and_differences_of_any_two_figures_follow(one, other):
    source = find_quantities(f"It had {one:,} tonnes and then {other:,} tonnes.", "en")
    total = find_quantities(f"In all {one + other:,} tonnes.", "en")[0]
    assert follows(total, source)
