"""``claimcheck corpus``: the evidence library."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from claimcheck.cli.exit_codes import ExitCode
from claimcheck.cli.options import LibraryOption
from claimcheck.cli.outcome import count
from claimcheck.cli.progress import Progress, note
from claimcheck.errors import SettingsError
from claimcheck.report.steering import visible
from claimcheck.settings import load_settings

if TYPE_CHECKING:
    from claimcheck.library.events import IngestEvent
    from claimcheck.library.library import Library
    from claimcheck.settings import Settings
    from claimcheck.types import Claim

EXAMPLES = (
    "claimcheck corpus add evidence/ report.pdf https://example.org/press-release",
    "claimcheck corpus list",
    'claimcheck corpus search "plant opened in May"',
    "claimcheck corpus show report-1a2b3c4d",
    "claimcheck corpus remove report-1a2b3c4d",
    "claimcheck corpus check",
)


def _examples(*examples: str) -> str:
    # The mark keeps the lines below it as they are.
    return "\n".join(("\b", "Examples:", *(f"  {example}" for example in examples)))


app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Keep the evidence that claims are checked against: add, find, show and remove documents.",
    epilog=_examples(*EXAMPLES),
)

FormatOption = Annotated[
    Literal["text", "json"], typer.Option("--format", metavar="text|json", help="Form of the output.")
]


EmbeddingOption = Annotated[
    str | None,
    typer.Option(
        "--embedding",
        metavar="NAME",
        help="Model for the vectors of the library, such as openai:NAME, or CLAIMCHECK_EMBEDDING. A library keeps to "
        "the one that it was made with. Default: the one that comes with claimcheck.",
        show_default=False,
    ),
]

EmbeddingAddressOption = Annotated[
    str | None,
    typer.Option(
        "--embedding-base-url",
        metavar="URL",
        help="OpenAI-compatible server for embeddings, or CLAIMCHECK_EMBEDDING_BASE_URL. Default: the provider's own.",
        show_default=False,
    ),
]


@contextmanager
def open_library(
    library: Path | None, *, embed: bool, create: bool = False, **flags: str | None
) -> Iterator[tuple[Library, Settings]]:
    """The library that a command works on, and the settings in force.

    Args:
        library: its folder, if the command line names one.
        embed: whether the command embeds text; without it no model is loaded.
        create: whether to make the library if there is none.
        flags: other settings that the command line names.

    Raises:
        LibraryError: there is none, it was made with another embedding model, or it cannot be used.
        ModelError: the weights of the model are missing or damaged.
        SettingsError: a setting cannot be used, or no key is set for the embedding model.
    """
    from claimcheck.library.library import Library

    settings = load_settings(library=library, **flags)
    embedder = None
    if embed:
        from claimcheck.llm.embedder import open_embedder

        embedder = open_embedder(settings)
    with Library.open(settings.library_folder, embedder, create=create) as opened:
        yield opened, settings


@app.command(
    epilog=_examples(
        "claimcheck corpus add evidence/", "claimcheck corpus add https://example.org/release --library newsroom"
    )
)
def add(
    sources: Annotated[
        list[str], typer.Argument(metavar="PATH|URL", help="Files, folders (to the bottom) and web addresses.")
    ],
    library: LibraryOption = None,
    embedding: EmbeddingOption = None,
    embedding_base_url: EmbeddingAddressOption = None,
) -> None:
    """Add files, folders and web pages; what is unchanged is passed over, what changed is replaced.

    Title, address, publisher, date, language, kind and notes come from the file itself, from NAME.meta.toml beside it,
    or from a row of manifest.csv in its folder. Broken off, run it again: it goes on where it stopped. Exit code 2 if
    something could not be added.

    The columns of manifest.csv are file, title, url, publisher, published, lang, kind and notes; the keys of
    NAME.meta.toml are the same but for file. A kind, by which sources are weighed, is one of primary_record,
    official_statement, independent_news, company_statement, analysis, social.
    """
    flags = {"embedding": embedding, "embedding_base_url": embedding_base_url}
    with open_library(library, embed=True, create=True, **flags) as (opened, settings):
        failures = _report_addition(opened.add(sources, settings))
    if failures:
        raise typer.Exit(ExitCode.BAD_INPUT)


@app.command("list", epilog=_examples("claimcheck corpus list", "claimcheck corpus list --format json"))
def list_(form: FormatOption = "text", library: LibraryOption = None) -> None:
    """List the documents: id, date, language, kind, passages, title."""
    with open_library(library, embed=False) as (opened, _):
        entries = opened.documents()
        if form == "json":
            _print_json([asdict(entry) for entry in entries])
            return
        for entry in entries:
            cells = (entry.id, entry.published, entry.lang, entry.kind, count(entry.passages, "passage"), entry.title)
            _say("  ".join(str(cell or "-") for cell in cells))


@app.command(
    epilog=_examples("claimcheck corpus show report-1a2b3c4d", "claimcheck corpus show report-1a2b3c4d --format json")
)
def show(
    document: Annotated[str, typer.Argument(metavar="ID", help="Id of the document, as `corpus list` shows it.")],
    form: FormatOption = "text",
    library: LibraryOption = None,
) -> None:
    """Show one document: what is known of it, and its whole text."""
    with open_library(library, embed=False) as (opened, _):
        shown = opened.document(document)
    if form == "json":
        _print_json(shown.model_dump(mode="json"))
        return
    known = shown.model_dump(mode="json", exclude={"text", "anchors", "notes"}, exclude_none=True)
    for name, value in {**known, **shown.notes}.items():
        _say(f"{name}: {value}")
    _say(f"\n{shown.text}")


@app.command(
    epilog=_examples(
        'claimcheck corpus search "the plant opened in May"',
        'claimcheck corpus search "planta" --limit 3 --format json',
    )
)
def search(
    text: Annotated[str, typer.Argument(metavar="TEXT", help="A claim or some words, in any language.")],
    limit: Annotated[int, typer.Option("--limit", min=1, max=100, metavar="N", help="Most passages shown.")] = 8,
    form: FormatOption = "text",
    library: LibraryOption = None,
) -> None:
    """Find the passages that a claim of this text would be checked against, best first."""
    if not text.strip():
        raise SettingsError("There is nothing to search for.", 'Give some words: claimcheck corpus search "…".')
    from claimcheck.retrieve.hybrid import HybridRetriever

    with open_library(library, embed=True) as (opened, settings):
        wanted = settings.model_copy(update={"passages_per_claim": limit})
        found = HybridRetriever(opened, opened.embedder, wanted).retrieve(_as_claim(text))
        hits: list[dict[str, Any]] = []
        for retrieved in found:
            document = opened.document(retrieved.passage.document)
            hits.append(
                {
                    "score": round(retrieved.score, 5),
                    **document.model_dump(
                        mode="json", include={"id", "title", "publisher", "published", "url", "kind"}
                    ),
                    "passage": retrieved.passage.id,
                    "start": retrieved.passage.span.start,
                    "end": retrieved.passage.span.end,
                    "locator": document.locator(retrieved.passage.span.start),
                    "text": retrieved.passage.text,
                }
            )
    if form == "json":
        _print_json(hits)
        return
    from claimcheck.report.arrangement import place

    for hit in hits:
        where = place(hit["locator"]) if hit["locator"] else None
        source = (hit["title"], hit["publisher"], hit["published"], where)
        _say(f"{hit['id']}  {' · '.join(str(part) for part in source if part)}")
        _say(f"    {' '.join(hit['text'].split())}\n")
    if not hits:
        note("nothing found.")


@app.command(epilog=_examples("claimcheck corpus remove report-1a2b3c4d peru-01"))
def remove(
    documents: Annotated[list[str], typer.Argument(metavar="ID", help="Ids, as `corpus list` shows them.")],
    library: LibraryOption = None,
) -> None:
    """Remove documents from the library. Their files stay; adding these again brings them back."""
    with open_library(library, embed=False) as (opened, _):
        passages = opened.remove(documents)
    note(f"removed {count(len(set(documents)), 'document')} with {count(passages, 'passage')}.")


@app.command(epilog=_examples("claimcheck corpus stats", "claimcheck corpus stats --format json"))
def stats(form: FormatOption = "text", library: LibraryOption = None) -> None:
    """Say how much the library holds, in which languages and of which kinds, and what it was made with."""
    with open_library(library, embed=False) as (opened, _):
        found = opened.stats()
    if form == "json":
        _print_json(asdict(found))
        return
    counts = found.counts
    lines = {
        "library": found.location,
        "documents": counts.documents,
        "passages": counts.passages,
        "published": f"{counts.oldest} to {counts.newest}" if counts.newest else "not known",
        "languages": _tally(counts.languages),
        "kinds": _tally(counts.kinds),
        "size": f"{found.bytes_on_disk / 1_000_000:.1f} MB",
        "embedding": found.embedding,
        "fingerprint": found.fingerprint,
    }
    for name, value in lines.items():
        typer.echo(f"{name:<12} {value}")


@app.command(epilog=_examples("claimcheck corpus check", "claimcheck corpus check --repair"))
def check(
    repair: Annotated[bool, typer.Option("--repair", help="First build the indexes anew from the catalogue.")] = False,
    files: Annotated[
        bool, typer.Option("--files/--no-files", help="Whether to compare with the files that were added.")
    ] = True,
    library: LibraryOption = None,
) -> None:
    """Compare the catalogue with itself, the vectors and the original files. Exit code 2 if anything is wrong."""
    problems = 0
    with open_library(library, embed=False) as (opened, _), Progress("Checking the library"):
        if repair:
            opened.repair()
        for problem in opened.check(files=files):
            problems += 1
            _say(f"{problem.part}: {problem.message} {problem.next_step}")
    note(f"{count(problems, 'problem')} found." if problems else "the library is sound.")
    if problems:
        raise typer.Exit(ExitCode.BAD_INPUT)


def _report_addition(events: Iterator[IngestEvent]) -> int:
    """Says on standard error what happens; returns how many sources or documents could not be added."""
    from claimcheck.library.events import Added, Failed, Removed, Replaced, Skipped, Unchanged

    counts = dict.fromkeys(("added", "replaced", "unchanged", "removed", "skipped", "failed"), 0)
    with _addition_progress() as advance:
        for event in events:
            match event:
                case Added():
                    counts["added"] += 1
                    advance(event, f"added {event.source}: {event.document}, {count(event.passages, 'passage')}")
                case Replaced():
                    counts["replaced"] += 1
                    what = count(event.passages, "passage") if event.passages else "what is noted about it"
                    advance(event, f"replaced {event.source}: {event.document}, {what}")
                case Unchanged():
                    counts["unchanged"] += event.documents
                    same_as = f", the same as {event.same_as}" if event.same_as else ""
                    advance(event, f"unchanged {event.source}{same_as}")
                case Removed():
                    counts["removed"] += event.documents
                    advance(event, f"removed {count(event.documents, 'document')} that {event.source} holds no more")
                case Skipped():
                    counts["skipped"] += 1
                    advance(event, f"skipped {event.reason}")
                case Failed():
                    counts["failed"] += 1
                    advance(event, f"failed {event.reason} {event.next_step}", lasting=True)
    note(", ".join(f"{number} {name}" for name, number in counts.items() if number) or "nothing to add")
    return counts["failed"]


@contextmanager
def _addition_progress() -> Iterator[Any]:
    """A function that shows an event: on a moving bar where standard error is a terminal, else as a line."""
    if not sys.stderr.isatty():
        yield lambda event, line, lasting=False: note(f"[{event.progress.done}/{event.progress.total}] {line}")
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
    from rich.progress import Progress as Bars

    columns = (BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}", markup=False))
    with Bars(*columns, console=Console(stderr=True), transient=True) as bars:
        task = bars.add_task("", total=None)

        def advance(event: IngestEvent, line: str, lasting: bool = False) -> None:
            progress = event.progress
            bars.update(
                task, completed=progress.done, total=progress.total, description=count(progress.passages, "passage")
            )
            if lasting:
                bars.console.print(f"claimcheck: {line}", markup=False, highlight=False)

        yield advance


def _as_claim(text: str) -> Claim:
    from claimcheck.text.language import detect_language
    from claimcheck.text.normalise import normalise
    from claimcheck.types import Claim, Span

    text = normalise(text)
    return Claim(id="search", span=Span(start=0, end=len(text)), quote=text, text=text, lang=detect_language(text))


def _say(line: str) -> None:
    """A line on standard output, in which nothing of a source can steer the terminal."""
    typer.echo(visible(line))


def _tally(counts: dict[str | None, int]) -> str:
    return ", ".join(f"{name or 'not known'} {number}" for name, number in counts.items()) or "none"


def _print_json(value: Any) -> None:
    # A key of None (a language not known) becomes "null".
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str))
