"""What a model's reply says of sentences, and how it joins the local view."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claimcheck.llm.replies import Assertion, Verification
from claimcheck.types import Relation
from claimcheck.verify.joining import join, relations_of

S, P, H, R, U = Relation.SUPPORTS, Relation.PLANS, Relation.HEDGES, Relation.REFUTES, Relation.UNRELATED
RELATIONS = st.sampled_from(list(Relation))
DISTRIBUTIONS = st.lists(st.floats(0.001, 1.0), min_size=5, max_size=5).map(
    lambda weights: {relation: weight / sum(weights) for relation, weight in zip(Relation, weights, strict=True)}
)


def part(name: str, relation: Relation, *sentences: int) -> Assertion:
    reply = {"assertion": name, "reason": "so", "sentences": sentences, "relation": relation}
    given = Verification.model_validate(
        {"assertions": (reply,), "searches": ()}, context={"sentences": max(sentences, default=0)}
    )
    return given.assertions[0]


@pytest.mark.parametrize(
    ("parts", "found"),
    [
        ([part("a", S, 1)], {1: S}),
        ([part("a", S, 1, 2), part("b", S, 3)], {1: S, 2: S, 3: S}),
        ([part("a", S, 1), part("b", U)], {1: U}),
        ([part("a", S, 1), part("b", P, 2)], {1: P, 2: P}),
        ([part("a", S, 1), part("b", H, 2)], {1: H, 2: H}),
        ([part("a", S, 1), part("b", R, 2)], {1: U, 2: R}),
        ([part("a", S, 1), part("A ", R, 2)], {1: S, 2: R}),
        ([part("a", S, 1), part("b", R, 1)], {1: R}),
        ([part("a", S, 1), part("b", P, 1)], {1: P}),
        ([part("a", U)], {}),
        ([part("a", U, 3)], {3: U}),
    ],
)
def test_a_claim_holds_only_as_far_as_the_least_of_its_assertions(parts, found) -> None:
    assert relations_of(parts) == found


@given(DISTRIBUTIONS, RELATIONS)
def test_joined_probabilities_add_up_and_rise_for_what_was_said_alone(local, said) -> None:
    joined = join(local, said)
    assert sum(joined.values()) == pytest.approx(1.0)
    assert joined[said] >= local[said]
    assert all(joined[relation] <= local[relation] for relation in Relation if relation is not said)


@given(DISTRIBUTIONS)
def test_a_word_of_support_alone_proves_nothing_that_the_local_verifier_all_but_rules_out(local) -> None:
    if local[S] < 0.3:
        assert join(local, S)[S] < 0.8


def test_certainty_stays() -> None:
    assert join({relation: float(relation is U) for relation in Relation}, S)[U] == 1.0
