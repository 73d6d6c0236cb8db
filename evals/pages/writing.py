"""Writes results: as Markdown for the terminal, and as the page with its plots."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from claimcheck.batch.files import write_whole
from evals.pages import claims, cost, extraction, pairs, retrieval, speed
from evals.pages.tables import Section
from evals.parts import Measured
from evals.sets import ROOT

PAGE: Final = ROOT / "docs" / "quality.md"
SECTIONS: Final[Mapping[str, Callable[[Sequence[Measured]], Section]]] = {
    "claims": claims.section,
    "pairs": pairs.section,
    "retrieval": retrieval.section,
    "extraction": extraction.section,
    "speed": speed.section,
    "cost": cost.section,
}
"""The section of each suite, in the order of the page."""


def sections(results: Sequence[Measured]) -> list[Section]:
    """A section for each suite that was measured."""
    by_suite = {name: [result for result in results if result["suite"] == name] for name in SECTIONS}
    return [SECTIONS[name](found) for name, found in by_suite.items() if found]


def as_text(results: Sequence[Measured]) -> str:
    """The tables of the results, as Markdown."""
    parts: list[str] = []
    for section in sections(results):
        parts.append(f"## {section.title}")
        for table in section.tables:
            parts += [f"### {table.title}", str(table), *([table.note] if table.note else [])]
    return "\n\n".join(parts) + "\n"


def write_page(results: Sequence[Measured], made: Measured, skipped: Sequence[str], page: Path = PAGE) -> None:
    """Write the page and its plots, which lie in a folder of the page's name beside it.

    Args:
        results: what was measured.
        made: how, as ``evals.parts.provenance`` has it.
        skipped: what was not measured, a sentence each.
        page: where the page goes.

    Raises:
        InstallationError: matplotlib is not installed.
        OutputError: the page cannot be written.
    """
    found = sections(results)
    for plot in (plot for section in found for plot in section.plots):
        plot.draw(page.with_suffix("") / f"{plot.name}.svg")
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        undefined=StrictUndefined,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701 - Markdown of our own figures
    )
    text = environment.get_template("quality.md.j2").render(
        sections=found, made=made, skipped=skipped, headline=[line for section in found for line in section.headline]
    )
    write_whole(page, text)
