"""What a fake model answers to each of claimcheck's prompts, from what it is shown."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from fake_server import Request, Says, Step, says

_TASKS = {
    "extract": "You find the claims",
    "verify": "bear on a claim",
    "settle": "An editor wants",
    "brief": "one-page",
}
_LINE = re.compile(r"^\[(\d+)\] (.*)$", re.MULTILINE)


@dataclass(frozen=True)
class Asked:
    """A question as a model reads it."""

    task: str
    claim: str
    lines: tuple[str, ...]

    @property
    def numbers(self) -> list[int]:
        return list(range(1, len(self.lines) + 1))


def asked(request: Request) -> Asked:
    """The question in a request."""
    system, user = (turn["content"] for turn in request.body["messages"][:2])
    task = next(name for name, words in _TASKS.items() if words in system)
    claim = re.search(r"<claim>\n(.*)\n</claim>", user)
    return Asked(task, claim[1] if claim else "", tuple(text for _, text in _LINE.findall(user)))


def verification(
    numbers: Sequence[int], relation: str, *, assertion: str = "all of it", searches: Sequence[str] = ()
) -> dict[str, Any]:
    """A reply with one assertion."""
    part = {"assertion": assertion, "reason": "so", "sentences": list(numbers), "relation": relation}
    return {"assertions": [part], "searches": list(searches)}


def extraction(lines: Sequence[str]) -> dict[str, Any]:
    """A reply that takes each sentence for a claim, in its own words."""
    claims = [
        {"sentences": [number], "text": text, "kind": "fact", "said_by": None}
        for number, text in enumerate(lines, start=1)
    ]
    return {"claims": claims, "left_out": []}


SAID = "Peru put its name to a contract for four ships."


def settlement(numbers: Sequence[int], words: str = SAID, safer: str | None = None) -> dict[str, Any]:
    """A reply with one sentence of rationale, which the source on the ships backs."""
    rationale = [{"text": words, "sentences": list(numbers)}] if words else []
    return {"rationale": rationale, "would_settle": "The signed contract.", "safer_wording": safer}


def answers(relation: str, **more: Any) -> Callable[[Request], Step]:
    """A model that finds the same relation everywhere; it explains everything with the first sentence."""

    def step(request: Request) -> Says:
        question = asked(request)
        if question.task == "extract":
            return says(extraction(question.lines), **more)
        if question.task == "settle":
            return says(settlement(question.numbers[:1]), **more)
        if not question.lines:
            return says(verification([], "unrelated"), **more)
        return says(verification(question.numbers[:12], relation), **more)

    return step
