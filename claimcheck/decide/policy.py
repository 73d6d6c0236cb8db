"""The thresholds of the policy, all of them, and what a person chooses about it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Annotated, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from claimcheck.errors import ModelError

_NEAREST: Final = 0.001

Probability = Annotated[float, Field(ge=0, le=1)]


def log_odds(probability: float) -> float:
    """Log-odds of a probability, which counts as no nearer than a thousandth to 0 and 1."""
    held = min(max(probability, _NEAREST), 1.0 - _NEAREST)
    return math.log(held / (1.0 - held))


class Policy(BaseModel):
    """When evidence is enough.

    The numbers below hold until calibration sets them (:meth:`from_calibration`): they depend on the verifier whose
    probabilities they cut.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    self_source: Literal["flag", "strict"] = Field(
        default="flag", description="whether an issuer's own text may prove its content"
    )
    stale_after_days: int = Field(default=730, ge=1, description="age from which support of a present state is stale")
    settled: Probability = Field(default=0.5, description="least probability at which a sentence's relation counts")
    proven_at: Probability = Field(default=0.6, description="least probability of support that proves")
    proven_with_missing: Probability = Field(
        default=0.75, description="the same where the sentence lacks a number, date or name of the claim"
    )
    missing_discount: Probability = Field(default=0.9, description="factor on the confidence of such a proof")
    opposed_ratio: Probability = Field(
        default=0.7, description="share of the best support (or plan) from which a denial is of like weight"
    )
    reckoned_odds: Annotated[float, Field(ge=1)] = Field(
        default=8.0,
        description="how many times likelier than denial support becomes where figures that the sentence lacks follow "
        "from those it gives",
    )
    dropped_at: Probability = Field(
        default=0.05, description="least probability of denial at which the words of a dropped plan make a denial"
    )
    other_event_from: int = Field(
        default=2,
        ge=1,
        description="details that a denial lacks and the other side gives, from which it is of another event",
    )
    unnamed_from: Probability = Field(
        default=0.75,
        description="least probability at which a sentence bears on the claim although its document names nothing "
        "that the claim names",
    )
    later_by_days: int = Field(default=1, ge=1, description="days from which one source counts as later than another")
    overtaken_weight: Probability = Field(
        default=0.3, description="what evidence that a later or weightier source beat still takes from the confidence"
    )
    unsure_below: Probability = Field(default=0.5, description="confidence under which a verdict is flagged unsure")

    confidence_curves: Mapping[str, tuple[Annotated[float, Field(ge=0)], float]] = Field(
        default={},
        description="of each rule, slope and intercept from the log-odds of the raw confidence to those that its label "
        "is right; of a rule that is not named those of `other`, and without any the raw confidence stands",
    )

    def calibrated(self, raw: float, rule: str) -> float:
        """The share of verdicts by this rule and of this raw confidence that are right (Platt 1999)."""
        curve = self.confidence_curves.get(rule) or self.confidence_curves.get("other")
        if curve is None:
            return raw
        slope, intercept = curve
        return 1.0 / (1.0 + math.exp(-(slope * log_odds(raw) + intercept)))

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if not self.settled <= self.proven_at <= self.proven_with_missing:
            raise ValueError("settled, proven_at and proven_with_missing must not fall")
        return self

    @classmethod
    def from_calibration(
        cls,
        fitted: Mapping[str, object],
        *,
        self_source: Literal["flag", "strict"] = "flag",
        stale_after_days: int = 730,
        unsure_below: float | None = None,
    ) -> Policy:
        """The policy with thresholds that were fitted for one verifier.

        Args:
            fitted: thresholds by the names of the fields above; those it does not name keep their defaults.
            self_source: chosen by the person who runs the check.
            stale_after_days: likewise.
            unsure_below: likewise; ``None`` leaves the fitted value.

        Raises:
            ModelError: the fitted thresholds cannot be used.
        """
        chosen: dict[str, object] = {"self_source": self_source, "stale_after_days": stale_after_days}
        if unsure_below is not None:
            chosen["unsure_below"] = unsure_below
        try:
            return cls.model_validate({**fitted, **chosen})
        except ValidationError as error:
            raise ModelError(
                f"The thresholds beside the verifier cannot be used: {error.errors()[0]['msg']}.",
                "Install claimcheck again.",
            ) from error
