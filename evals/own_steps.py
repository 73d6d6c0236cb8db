"""What is compared: claimcheck's own ways to verify a claim, behind one interface with those of others."""

from __future__ import annotations

import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Protocol

from claimcheck.pipeline import Checker
from claimcheck.settings import Settings, VerifierKind
from claimcheck.types import Finding, Unchecked, Verdict
from claimcheck.usage import Usage
from evals.chat import TIMEOUT_S, Chat
from evals.cost_sample import Asked
from evals.outcomes import Outcome, Used
from evals.sets import ROOT, sha256_of
from evals.shipped import as_shipped


class System(Protocol):
    """Whatever verifies a claim."""

    @property
    def name(self) -> str:
        """As the page has it."""

    @property
    def depends_on(self) -> str:
        """Hash of its prompt."""

    def verify(self, asked: Asked) -> Outcome:
        """One claim with its evidence."""


class Own:
    """Claimcheck itself, as it ships, without explanations: these come after the verdict.

    Args:
        name: as the page has it.
        verifier: who judges the evidence.
        settings: name the model.
        chat: the server, to see whether it is still there.
    """

    def __init__(self, name: str, verifier: VerifierKind, settings: Settings, chat: Chat) -> None:
        self.name = name
        self.depends_on = sha256_of([ROOT / "prompts" / "verify.md"])
        self._verifier = verifier
        self._settings = settings
        self._chat = chat

    def verify(self, asked: Asked) -> Outcome:
        """One claim, looked up and judged; no reply that was kept before is taken.

        Raises:
            EvaluationError: the server is gone.
        """
        finding, usage, seconds = _checked(asked, self._settings, verifier=self._verifier)
        used = Used() if usage is None else Used.of(usage)
        if isinstance(finding, Verdict):
            return Outcome(label=finding.label.value, basis=finding.basis.value, used=used, seconds=seconds)
        if usage is not None and usage.failed_calls:
            self._chat.check()
        return Outcome(label=None, used=used, seconds=seconds, unusable=1, why=finding.reason)


def passes_on(asked: Asked, settings: Settings) -> bool:
    """Whether the cascade passes a claim on to the language model, which is not asked.

    Args:
        asked: the claim.
        settings: name the model.
    """
    finding, _, _ = _checked(asked, settings, verifier="cascade", max_calls=0)
    return isinstance(finding, Unchecked) and "max_calls" in finding.reason


def _checked(asked: Asked, settings: Settings, **more: Any) -> tuple[Finding, Usage | None, float]:
    """The finding, what was used, and seconds from the claim to the finding."""
    with TemporaryDirectory() as replies:
        chosen = as_shipped(
            as_of=asked.day,
            self_source=asked.wanted.self_source,
            model=settings.model,
            base_url=settings.base_url,
            explain="none",
            concurrency=1,
            llm_cache=Path(replies),
            llm_timeout_s=TIMEOUT_S,
            **more,
        )
        with Checker.open(asked.library, chosen) as checker:
            start = time.perf_counter()
            (finding,) = checker.claims([asked.text])
            return finding, checker.usage, time.perf_counter() - start
