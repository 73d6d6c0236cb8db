"""What a source is worth: its weight, whether it is the issuer's own text, and which sources are one and the same."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final
from urllib.parse import urlsplit

from claimcheck.types import Document, SourceKind

# A folder of files says nothing of kinds: what is unmarked is taken for what newsrooms mostly keep.
_UNMARKED: Final = SourceKind.INDEPENDENT_NEWS
_WEIGHT: Final = {kind: weight for weight, kind in enumerate(reversed(SourceKind))}
# Opinion and hearsay do not overturn a better source by coming after it.
_HEARSAY: Final = frozenset({SourceKind.ANALYSIS, SourceKind.SOCIAL})
_LEGAL_FORM: Final = re.compile(
    "the|inc|incorporated|ltd|limited|ltda|llc|llp|plc|co|corp|corporation|company|gmbh|mbh|ag|kg|kgaa|se|sa|sas|sarl|"
    "spa|srl|sl|nv|bv|ab|asa|oyj?|pte|pty|주식회사|주|유한회사"
)
_WORD: Final = re.compile(r"\w+")


def weight(document: Document) -> int:
    """Weight of a source for a claim of fact; higher is weightier, equal is equal rank."""
    return _WEIGHT[document.kind or _UNMARKED]


def is_hearsay(document: Document) -> bool:
    """Whether the source only comments or repeats."""
    return document.kind in _HEARSAY


def independent_sources(documents: Iterable[Document]) -> int:
    """How many sources there are when those of one publisher or one web host count once."""
    groups: list[set[str]] = []
    for document in documents:
        marks = _marks(document)
        groups, touched = [g for g in groups if g.isdisjoint(marks)], [g for g in groups if not g.isdisjoint(marks)]
        groups.append(marks.union(*touched))
    return len(groups)


def is_own_text(document: Document, parties: Iterable[str | None]) -> bool:
    """Whether a document is the word of the party that the claim is about.

    Args:
        document: the source.
        parties: names of who makes the claim: its speaker, the issuer of the draft; ``None`` where unknown.

    Returns:
        True for every company statement, and for a document that one of ``parties`` publishes: its publisher's name
        is the party's apart from legal form, begins with it ("Acme Newsroom"), or stands within it ("spokesperson for
        Acme").
    """
    if document.kind is SourceKind.COMPANY_STATEMENT:
        return True
    publisher = _name(document.publisher)
    return bool(publisher) and any(
        f"{publisher} ".startswith(f"{party} ") or f" {publisher} " in f" {party} "
        for party in map(_name, parties)
        if party
    )


def _name(name: str | None) -> str:
    words = _WORD.findall((name or "").replace(".", "").casefold())
    return " ".join(word for word in words if not _LEGAL_FORM.fullmatch(word))


def _marks(document: Document) -> set[str]:
    marks = {f"publisher {_name(document.publisher)}"} if _name(document.publisher) else set()
    if host := _host(document.url):
        marks.add(f"host {host}")
    return marks or {f"document {document.id}"}


def _host(url: str | None) -> str | None:
    try:
        host = urlsplit(url or "").hostname
    except ValueError:  # an address that is none tells nothing of its host
        return None
    return host.removeprefix("www.") if host else None
