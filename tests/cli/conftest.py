"""A hand-written checker with the shape of the real one, so that commands are tested for what they alone do."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from claimcheck.cli import opening
from claimcheck.cli.application import app
from claimcheck.errors import LibraryNotFound
from claimcheck.settings import Settings
from claimcheck.types import (
    Basis,
    CorpusSearched,
    Document,
    Flag,
    Label,
    Report,
    Skipped,
    SkipReason,
    Span,
    Unchecked,
    Verdict,
)

Finding = Verdict | Unchecked


class LineChecker:
    """Takes each line of a draft as a claim; its first word says what to find in it."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.corpus = CorpusSearched(location="lines", fingerprint="f" * 64, documents=1, passages=1, newest=None)

    usage = None

    def __enter__(self) -> "LineChecker":
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def check_stream(self, document: Document) -> Iterator[Finding | Skipped | Report]:
        items = [self._item(line, document.text.index(line)) for line in document.text.splitlines() if line]
        yield from items
        yield Report(
            claimcheck="0",
            document=document,
            as_of=self.settings.day,
            findings=tuple(item for item in items if not isinstance(item, Skipped)),
            skipped=tuple(item for item in items if isinstance(item, Skipped)),
            corpus=self.corpus,
            models=(),
            settings={"self_source": self.settings.self_source},
        )

    def check(self, draft: Document) -> Report:
        *_, report = self.check_stream(draft)
        assert isinstance(report, Report)
        return report

    def claims(self, texts: Iterable[str]) -> Iterator[Finding]:
        for text in texts:
            item = self._item(text, 0)
            assert not isinstance(item, Skipped)
            yield item

    def _item(self, line: str, start: int) -> Finding | Skipped:
        span = Span(start=start, end=start + len(line))
        word = line.split()[0]
        if word == "skipped":
            return Skipped(span=span, quote=line, reason=SkipReason.OPINION)
        if word == "unchecked":
            return Unchecked(id=f"c{start}", claim=line, span=span, quote=line, reason="broken", next_step="mend")
        label = Label(word)
        basis = {Label.PROVEN: Basis.SUPPORTED, Label.ASPIRATIONAL: Basis.PLANNED}.get(label, Basis.CONTRADICTED)
        return Verdict(
            id=f"c{start}",
            claim=line,
            span=span,
            quote=line,
            label=label,
            basis=basis,
            flags=(Flag.UNSURE,) if "unsure" in line else (),
            confidence=0.9,
            rule="by the first word",
            would_settle="another word",
        )


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[Settings]:
    """Commands open a LineChecker; the settings they opened it with are collected here."""
    seen: list[Settings] = []

    def open_checker(settings: Settings) -> LineChecker:
        if settings.library == Path("missing"):
            raise LibraryNotFound("There is no library at missing.", "Make one: claimcheck corpus add.")
        seen.append(settings)
        return LineChecker(settings)

    monkeypatch.setattr(opening, "open_checker", open_checker)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "user"))
    return seen


@pytest.fixture
def run(opened: list[Settings]) -> Callable[..., Result]:
    """Run a command line in this process, in a folder of its own."""

    def invoke(*arguments: str, stdin: str | None = None) -> Result:
        return CliRunner().invoke(app, list(arguments), input=stdin, prog_name="claimcheck")

    return invoke


AS_OF = date(2025, 12, 31)
