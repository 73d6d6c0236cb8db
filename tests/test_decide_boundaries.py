"""Where a threshold is met exactly, and which of two rules decides where both could."""

import pytest
from decide_cases import AS_OF, OTHER_NUMBER, POLICY, claim_of, judged, said

from claimcheck.types import Difference, Rung

FACT = claim_of("Acme employs 5,000 people.")
PLAN = claim_of("Acme will open ten sites by 2027.", "plan")


def test_a_dropped_plan_that_a_source_of_like_weight_calls_done_is_disputed():
    assert judged(FACT, said("supports", 0.9), said("refutes", 0.9, cancelled=True)).rule == "mixed"


def test_a_plan_that_waits_for_something_does_so_also_when_half_done():
    assert judged(PLAN, said("plans", 0.9, conditional=True, progress=(4.0, 10.0))).rule == "conditional"


def test_what_gives_it_otherwise_only_as_surely_as_another_denies_it_does_not_decide():
    decision = judged(FACT, said("refutes", 0.8), said("supports", 0.8, differences=OTHER_NUMBER))
    assert decision.rule == "contradicted"


def test_a_denial_that_lacks_just_as_many_details_as_make_another_event_is_of_another():
    lacks = tuple(
        Difference(kind="name", outcome="missing", claimed=f"Name {number}")
        for number in range(POLICY.other_event_from)
    )
    assert judged(FACT, said("supports", 0.9), said("refutes", 0.9, differences=lacks)).rule == "supported"
    assert judged(FACT, said("supports", 0.9), said("refutes", 0.9, differences=lacks[1:])).rule == "mixed"


@pytest.mark.parametrize(
    ("sentence", "basis"),
    [
        (said("supports", POLICY.unnamed_from, unnamed=True), "supported"),
        (said("hedges", 0.6, rest={"plans": 0.05}, committed=True), "planned"),
        (said("refutes", 0.6, rest={"plans": 0.05}, renewed=True), "planned"),
        (said("supports", 0.6, rest={"plans": 0.2}, committed=True), "supported"),
        (said("supports", 0.8, rest={"plans": 0.1}, committed=True, rung=Rung.ANNOUNCED), "supported"),
        (said("refutes", 0.6, rest={"supports": 0.25}, wording="whole"), "supported"),
        (said("plans", 0.6, rest={"supports": 0.25}, step_taken=True), "supported"),
    ],
    ids=["unnamed", "committed", "put off", "no announcement", "certain", "word for word", "step taken"],
)
def test_a_hint_that_is_just_enough_counts(sentence, basis):
    assert judged(FACT, sentence).basis == basis


def test_a_plan_may_still_come_about_on_its_last_day():
    decision = judged(PLAN, said("plans", 0.9, deadline=AS_OF.isoformat()))
    assert decision.rule == "planned"
    assert "15 January 2026" in decision.would_settle
