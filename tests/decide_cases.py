"""Compact evidence for the tests of the policy: one line a sentence."""

from typing import Any

from claimcheck.decide import Policy
from claimcheck.types import Difference
from evals.decisions import Said

POLICY = Policy()
STRICT = Policy(self_source="strict")

OTHER_NUMBER = (Difference(kind="number", outcome="conflict", claimed="5,000", found="4,400"),)
OTHER_DATE = (Difference(kind="date", outcome="conflict", claimed="May 2025", found="July 2025"),)
OTHER_RUNG = (Difference(kind="rung", outcome="conflict", claimed="agreed", found="non-binding memorandum"),)
NO_NUMBER = (Difference(kind="number", outcome="missing", claimed="5,000"),)


def said(relation: str, probability: float = 0.9, /, **rest: Any) -> Said:
    own = {name: rest.pop(name) for name in ("on", "by", "kind", "rest", "source", "passage", "url") if name in rest}
    return Said.model_validate({"relation": relation, "probability": probability, "read": rest, **own})
