"""From findings to the line on standard error and the exit code."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING

from claimcheck.cli.exit_codes import ExitCode
from claimcheck.cli.progress import note
from claimcheck.errors import SettingsError
from claimcheck.types import Basis, Flag, Label, Unchecked, Verdict

if TYPE_CHECKING:
    from claimcheck.types import Report
    from claimcheck.usage import Usage

Condition = Label | Basis | Flag


def read_conditions(text: str | None) -> frozenset[Condition]:
    """The conditions of ``--fail-on``.

    Args:
        text: labels, bases and flags, separated by commas; ``None`` for no condition.

    Raises:
        SettingsError: a word is none of these.
    """
    known: dict[str, Condition] = {member.value: member for kind in (Label, Basis, Flag) for member in kind}
    words = [word.strip().lower() for word in (text or "").split(",") if word.strip()]
    for word in words:
        if word not in known:
            raise SettingsError(f"--fail-on does not know {word!r}.", f"Choose from: {', '.join(known)}.")
    return frozenset(known[word] for word in words)


def exit_code(
    findings: Iterable[Verdict | Unchecked], conditions: Collection[Condition] = (), *, whole: bool = True
) -> ExitCode:
    """The exit code that the findings deserve; a met condition outweighs what was left undone.

    Args:
        findings: of the run.
        conditions: of ``--fail-on``.
        whole: the language model read all that it was to read.
    """
    found = tuple(findings)
    verdicts = (finding for finding in found if isinstance(finding, Verdict))
    if any(_meets(verdict, conditions) for verdict in verdicts):
        return ExitCode.FAIL_ON
    if not whole or any(isinstance(finding, Unchecked) for finding in found):
        return ExitCode.PARTLY_UNCHECKED
    return ExitCode.DONE


def summary_line(findings: Iterable[Verdict | Unchecked], skipped: int = 0) -> str:
    """One line that counts labels, contradictions, claims left unchecked and sentences without a claim."""
    found = tuple(findings)
    verdicts = [finding for finding in found if isinstance(finding, Verdict)]
    labels = Counter(verdict.label for verdict in verdicts)
    parts = [f"{labels[label]} {label.value}" for label in Label]
    contradicted = sum(verdict.basis is Basis.CONTRADICTED for verdict in verdicts)
    if contradicted:
        parts[-1] += f" ({contradicted} contradicted)"
    if len(found) > len(verdicts):
        parts.append(f"{len(found) - len(verdicts)} unchecked")
    line = f"{count(len(found), 'claim')}: {', '.join(parts)}"
    return f"{line}; {count(skipped, 'sentence')} without a claim to check." if skipped else f"{line}."


def note_unanswered(report: Report) -> None:
    """That a language model gave no reply about sentences of a draft, as a line on standard error."""
    if unanswered := report.unanswered:
        first = unanswered[0]
        many = f"{count(len(unanswered), 'sentence')} read without the language model"
        note(f"{many}: {first.detail} {first.next_step or ''}".rstrip())


def note_usage(used: Usage | None) -> None:
    """What was asked of a language model, as a line on standard error; nothing where none could be asked."""
    if used is not None:
        from claimcheck.report.arrangement import usage

        note(f"{used.model}: {usage(used)}.")


def _meets(verdict: Verdict, conditions: Collection[Condition]) -> bool:
    return not {verdict.label, verdict.basis, *verdict.flags}.isdisjoint(conditions)


def count(number: int, noun: str) -> str:
    """A number of things, in words."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
