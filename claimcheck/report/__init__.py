"""One function per format: a Report in, text out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from claimcheck.types import Report


def _text(report: Report) -> str:
    from claimcheck.report.text import write

    return write(report)


def _json(report: Report) -> str:
    from claimcheck.report.json import write

    return write(report)


def _markdown(report: Report) -> str:
    from claimcheck.report.markdown import write

    return write(report)


def _html(report: Report) -> str:
    from claimcheck.report.html import write

    return write(report)


REPORTERS: Final[Mapping[str, Callable[[Report], str]]] = {
    "text": _text,
    "json": _json,
    "md": _markdown,
    "html": _html,
}
"""The reporter of each format, by name; a format's module is loaded when it is first used."""
