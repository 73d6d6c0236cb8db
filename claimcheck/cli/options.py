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

VerifierOption = Annotated[
    str | None,
    typer.Option(
        "--verifier",
        metavar="local|llm|cascade",
        help="Who judges the evidence: the local verifier, a language model for every claim, or one for what the local "
        "verifier is unsure of. Default: cascade where a model is named, else local.",
        show_default=False,
    ),
]

ExtractorOption = Annotated[
    str | None,
    typer.Option(
        "--extractor",
        metavar="local|llm",
        help="Who finds the claims of a draft. Default: the language model with --verifier llm, else local.",
        show_default=False,
    ),
]

ModelOption = Annotated[
    str | None,
    typer.Option(
        "--model",
        metavar="NAME",
        help="Language model, such as openai:NAME or ollama:NAME, or CLAIMCHECK_MODEL. Default: none.",
        show_default=False,
    ),
]

BaseUrlOption = Annotated[
    str | None,
    typer.Option(
        "--base-url",
        metavar="URL",
        help="Address of an OpenAI-compatible server, or CLAIMCHECK_BASE_URL. Default: the provider's own.",
        show_default=False,
    ),
]

MaxCallsOption = Annotated[
    int | None,
    typer.Option("--max-calls", metavar="N", help="Most calls of the language model.", show_default=False),
]

MaxTokensOption = Annotated[
    int | None,
    typer.Option("--max-tokens", metavar="N", help="Most tokens, in and out.", show_default=False),
]

MaxCostOption = Annotated[
    float | None,
    typer.Option("--max-cost", metavar="USD", help="Most that the run may cost, in US dollars.", show_default=False),
]

OfflineOption = Annotated[
    bool,
    typer.Option("--offline", help="Open no connection at all; replies kept from earlier runs are used."),
]
