"""The options that several commands share, declared once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

LibraryOption = Annotated[
    Path | None,
    typer.Option(
        "--library",
        metavar="DIR",
        help="Folder of the evidence library, or CLAIMCHECK_LIBRARY. Default: .claimcheck in the working folder, "
        "else the user's.",
        show_default=False,
    ),
]

AsOfOption = Annotated[
    str | None,
    typer.Option(
        "--as-of",
        metavar="DATE",
        help="Day (YYYY-MM-DD) from which deadlines and staleness are judged; the report records it. Default: today.",
        show_default=False,
    ),
]

FailOnOption = Annotated[
    str | None,
    typer.Option(
        "--fail-on",
        metavar="LIST",
        help="Exit with code 1 if a claim has one of these labels, bases or flags, separated by commas.",
        show_default=False,
    ),
]
