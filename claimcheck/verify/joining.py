"""What a language model's reply says of each sentence, and how that joins the local verifier's view."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from claimcheck.llm.replies import Assertion
from claimcheck.types import Relation

MODEL_RELIABILITY: Final = 0.6
"""How often the relation that a model names is taken to be right, whichever model it is.

Fixed, since models come and go and none is calibrated here. With it a model's word multiplies the odds of a relation by
six: it settles what the local verifier wavers on, and cannot make a proof of what that takes for a denial or for
unrelated.
"""

_REACH: Final = (Relation.UNRELATED, Relation.HEDGES, Relation.PLANS, Relation.SUPPORTS)
"""How far a claim is borne out, least first."""


def relations_of(assertions: Sequence[Assertion]) -> dict[int, Relation]:
    """How each sentence that a model points at relates to the claim as a whole.

    A claim holds only if each of its assertions does: a sentence that supports one of them supports the claim no
    further than the least supported of the others. A sentence that denies one denies the claim.

    Args:
        assertions: the parts of the claim, each with the sentences that bear on it and how; a part may come once for
            each relation.

    Returns:
        The relation of each sentence, by its number. Empty if no sentence bears on anything.
    """
    reach: dict[str, int] = {}
    for part in assertions:
        name = " ".join(part.assertion.casefold().split())
        reach[name] = max(reach.get(name, 0), _height(part.relation))
    least = min(reach.values(), default=0)
    found: dict[int, Relation] = {}
    for part in assertions:
        for number in part.sentences:
            relation = part.relation
            if relation is not Relation.REFUTES:
                relation = _REACH[min(_height(relation), least)]
            found[number] = _worse(found[number], relation) if number in found else relation
    return found


def join(local: Mapping[Relation, float], said: Relation) -> dict[Relation, float]:
    """The local verifier's distribution after a model has named a relation.

    The model is taken as an observer that names the right relation with :data:`MODEL_RELIABILITY` and each wrong one as
    often as the others (Dawid and Skene, 1979, with one parameter), independent of the local verifier: Bayes' rule.

    Args:
        local: probability of each relation, which add up to 1.
        said: what the model says.

    Returns:
        Probabilities that add up to 1.
    """
    wrong = (1.0 - MODEL_RELIABILITY) / (len(Relation) - 1)
    weights = {relation: local[relation] * (MODEL_RELIABILITY if relation is said else wrong) for relation in Relation}
    total = sum(weights.values())
    return {relation: weight / total for relation, weight in weights.items()}


def _height(relation: Relation) -> int:
    return 0 if relation is Relation.REFUTES else _REACH.index(relation)


def _worse(one: Relation, other: Relation) -> Relation:
    if Relation.REFUTES in (one, other):
        return Relation.REFUTES
    return min(one, other, key=_height)
