"""What verifying one claim came to and took, and where it is kept, so that nothing is asked twice."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from claimcheck.errors import EvaluationError, OutputError
from claimcheck.usage import Usage


class Used(BaseModel):
    """Calls of the server, and tokens as it counts them; ``unmetered``: calls whose tokens it did not tell."""

    model_config = ConfigDict(frozen=True)

    calls: int = 0
    prompt_tokens: int = 0
    cached_prompt_tokens: int = 0
    completion_tokens: int = 0
    unmetered: int = 0

    def __add__(self, other: Used) -> Used:
        mine, theirs = self.model_dump(), other.model_dump()
        return Used(**{name: mine[name] + theirs[name] for name in mine})

    @classmethod
    def of(cls, usage: Usage) -> Used:
        """The part of a report's usage that is compared."""
        return cls(**{name: getattr(usage, name) for name in cls.model_fields})


class Outcome(BaseModel):
    """One claim, verified by one system.

    Attributes:
        label: the label that it comes to; none: unchecked.
        basis: why.
        used: calls and tokens.
        seconds: by the clock, from the claim to the label.
        unusable: replies that could not be used.
        quotes: quotes that the model wrote itself.
        verbatim: of these, the ones that stand in the evidence.
        votes: pieces of evidence that were said to support and to refute the claim, where the system votes.
        run: names the run that it was measured in.
        why: what the last unusable reply, or the unchecked claim, lacked.
    """

    model_config = ConfigDict(frozen=True)

    label: str | None
    basis: str | None = None
    used: Used = Used()
    seconds: float = 0.0
    unusable: int = 0
    quotes: int = 0
    verbatim: int = 0
    votes: tuple[int, int] | None = None
    run: str = ""
    why: str = ""


def key_of(facts: Mapping[str, Any]) -> str:
    """The key of an outcome: a hash of all that it depends on."""
    return hashlib.sha256(json.dumps(dict(facts), sort_keys=True, ensure_ascii=False).encode()).hexdigest()


class _Line(BaseModel):
    key: str
    system: str
    claim: str
    outcome: Outcome


class Ledger:
    """Outcomes as lines of JSON, each written as soon as it is known.

    Args:
        path: the file; made if it is missing. A last line that was broken off is taken off.

    Raises:
        EvaluationError: a line is no outcome.
        OutputError: the file cannot be read or made.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._kept: dict[str, Outcome] = {}
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            text = path.read_text(encoding="utf-8") if path.is_file() else ""
            whole = text[: text.rfind("\n") + 1]
            if whole != text:
                path.write_text(whole, encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise OutputError(
                f"{path} cannot be used: {error}.", "Delete it; what it holds is measured again."
            ) from error
        for number, line in enumerate(whole.splitlines(), 1):
            try:
                row = _Line.model_validate_json(line)
            except ValidationError as error:
                raise EvaluationError(
                    f"{path}, line {number}: is no outcome.", "Delete the line or the file; it is measured again."
                ) from error
            self._kept[row.key] = row.outcome

    def get(self, key: str) -> Outcome | None:
        """The outcome kept under a key, if there is one."""
        return self._kept.get(key)

    def keep(self, key: str, system: str, claim: str, outcome: Outcome) -> None:
        """Keep an outcome.

        Raises:
            OutputError: the file cannot be written.
        """
        self._kept[key] = outcome
        line = _Line(key=key, system=system, claim=claim, outcome=outcome).model_dump_json()
        try:
            with self._path.open("a", encoding="utf-8") as file:
                file.write(line + "\n")
        except OSError as error:
            raise OutputError(
                f"{self._path} cannot be written: {error}.", "Make room for it, and run again."
            ) from error
