"""What becomes of a decision where two verifiers disagree."""

from __future__ import annotations

from claimcheck.decide.decision import Decision
from claimcheck.types import Flag


def with_second_view(joined: Decision, alone: Decision) -> Decision:
    """The decision by the joined judgements, marked where the local verifier alone leads to another.

    A language model may overturn the local verifier, and may be wrong, or be talked into it by the very text that it
    reads: what only one of the two sees is unsure, and no surer than the other leaves room for.

    Args:
        joined: by the judgements of both.
        alone: by those of the local verifier.
    """
    if (joined.label, joined.basis) == (alone.label, alone.basis):
        return joined
    raised = {*joined.flags, Flag.UNSURE}
    return joined.model_copy(
        update={
            "flags": tuple(flag for flag in Flag if flag in raised),
            "confidence": min(joined.confidence, 1.0 - alone.confidence),
        }
    )
