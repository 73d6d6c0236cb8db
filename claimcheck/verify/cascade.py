"""The cascade: the local verifier settles what it is sure of, a language model is asked about the rest."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from claimcheck.verify.case import CannotJudge, Case, Judged, JudgesCases


class Cascade:
    """Passes on what the local verifier is unsure of, and what the library seems to hold nothing on.

    Args:
        model: judges what is passed on.
        confidence: calibrated confidence of the decision that a case's own judgements lead to.
        below: the confidence under which a case is passed on.
    """

    def __init__(self, model: JudgesCases, confidence: Callable[[Case], float], below: float) -> None:
        self._model = model
        self._confidence = confidence
        self._below = below

    def judge_many(self, cases: Sequence[Case]) -> Iterator[Judged | CannotJudge]:
        """In the order of the cases, each with the judgements to decide by, or why the model could not be asked."""
        passed_on = [self._is_passed_on(case) for case in cases]
        answers = self._model.judge_many([case for case, passed in zip(cases, passed_on, strict=True) if passed])
        for case, passed in zip(cases, passed_on, strict=True):
            yield next(answers) if passed else Judged(case, case.judgements)

    def _is_passed_on(self, case: Case) -> bool:
        # Where nothing bears on a claim, the search may have missed what other words would find.
        return not case.bears or self._confidence(case) < self._below
