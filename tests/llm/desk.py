"""A draft, a small library, and a desk at which the one is checked against the other with a language model."""

import json
from datetime import date
from pathlib import Path
from typing import Any

from fake_model import asked
from typer.testing import CliRunner, Result

from claimcheck.cli.application import app
from claimcheck.library.library import Library
from claimcheck.models import load_embedder
from claimcheck.pipeline import Checker
from claimcheck.settings import Settings, load_settings
from claimcheck.types import Report

DAY = date(2025, 12, 31)
EVIDENCE = [
    {
        "id": "ships", "publisher": "Harbour Post", "published": "2024-05-02", "lang": "en",
        "text": "Peru signed a contract for four ships in April 2024. The ships will be built at Callao. "
        "The first ship is to be delivered in 2026.",
    },
    {
        "id": "bridge", "publisher": "Lake Weekly", "published": "2025-03-01", "lang": "en",
        "text": "The council of Lindau discussed the new bridge on Monday. "
        "Engineers said the bridge may open to cyclists next year if the weather holds.",
    },
    {
        "id": "rain", "publisher": "Weather Desk", "published": "2025-06-01", "lang": "en",
        "text": "Rain is expected over the northern valleys until the weekend. Farmers welcomed it.",
    },
]  # fmt: skip
PROVEN = "Peru signed a contract for four ships in April 2024."
CLAIMS = (
    PROVEN,
    "The bridge of Lindau may open to cyclists next year.",
    "The ministry of health employs 12,000 nurses in Quito.",
    "Peru has received all four ships from the yard in Callao.",
)
DRAFT = " ".join(CLAIMS)


class Desk:
    """Checks the draft with a language model."""

    def __init__(self, library: Path, doors: Any) -> None:
        self.library, self.doors, self.server = library, doors, doors.server

    def settings(self, **flags: Any) -> Settings:
        return self.doors.settings(
            **{"as_of": DAY, "verifier": "llm", "extractor": "local", "explain": "none", "llm_retries": 0, **flags}
        )

    def check(self, draft: str = DRAFT, **flags: Any) -> Report:
        with Checker.open(self.library, self.settings(**flags)) as checker:
            return checker.check(draft)

    def alone(self, draft: str = DRAFT) -> Report:
        with Checker.open(self.library, load_settings(as_of=DAY, threads=1)) as checker:
            return checker.check(draft)

    def command(self, *arguments: str, stdin: str | None = None) -> Result:
        flags = ["--library", str(self.library), "--as-of", DAY.isoformat(), "--model", "openai:fake",
                 "--base-url", self.server.base_url]  # fmt: skip
        if arguments[0] in ("check", "batch") and "--extractor" not in arguments:
            flags += ["--extractor", "local"]
        return CliRunner().invoke(app, [*arguments, *flags], input=stdin, prog_name="claimcheck")

    def tasks(self) -> list[str]:
        return [asked(request).task for request in self.server.requests]


def build_library(place: Path) -> Path:
    """The evidence as a library below a folder."""
    notes = place / "notes.jsonl"
    notes.write_text("".join(json.dumps(document) + "\n" for document in EVIDENCE), encoding="utf-8")
    settings = Settings(as_of=DAY, threads=1)
    with Library.open(place / "library", load_embedder(settings), create=True) as made:
        list(made.add([notes], settings))
    return place / "library"
