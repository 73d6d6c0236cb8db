"""Reads the sets that measure. A row that cannot be used stops the run, with its file, its line and the reason."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from claimcheck.errors import BadRow
from claimcheck.text.normalise import normalise
from claimcheck.types import Basis, Document, Flag, Label, Relation, SourceKind
from training.sources import WRITTEN, share

ROOT: Final = Path(__file__).resolve().parent.parent
CASES: Final = ROOT / "evals" / "cases"
DATA: Final = Path(os.environ.get("CLAIMCHECK_DATA", "../shared/data"))
"""Folder of the sets that stay out of the project; relative to the working folder."""

GOLD_DEV_DAY: Final = date(2026, 4, 1)
_PROVABLE: Final = frozenset({Basis.SUPPORTED})
_ASPIRING: Final = frozenset({Basis.PLANNED})

Row = TypeVar("Row", bound=BaseModel)


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Evidence(_Strict):
    """One document of a set, as its file has it. A ``kind`` that is no sort of source says nothing."""

    id: str
    topic: str = ""
    text: str = Field(min_length=1)
    title: str | None = None
    url: str | None = None
    publisher: str | None = None
    author: str | None = None
    published: date | None = None
    lang: str | None = None
    kind: str | None = None

    def as_note(self) -> str:
        """The line of JSON that the library reads."""
        kind = self.kind if self.kind in set(SourceKind) else None
        note = self.model_dump(mode="json", exclude={"topic"}) | {"kind": kind}
        return json.dumps({key: value for key, value in note.items() if value is not None}, ensure_ascii=False)


class WantedCitation(_Strict):
    """A sentence that decides a claim."""

    document: str
    quote: str = Field(min_length=1)


class WantedClaim(_Strict):
    """One claim of a set with the verdict it deserves; one that is not checkable deserves none."""

    id: str
    topic: str = ""
    claim: str = Field(min_length=1)
    checkable: bool = True
    label: Label | None = None
    basis: Basis | None = None
    flags: tuple[Flag, ...] = ()
    citations: tuple[WantedCitation, ...] = ()
    lang: str
    note: str = ""
    kind: str | None = None
    rule: str | None = None
    traps: tuple[str, ...] = ()
    as_of: date | None = None
    self_source: Literal["flag", "strict"] = "flag"

    @model_validator(mode="after")
    def _sound(self) -> WantedClaim:
        if not self.checkable:
            if self.label is not None or self.basis is not None:
                raise ValueError("a claim that is not checkable has neither label nor basis")
            return self
        if self.label is None or self.basis is None:
            raise ValueError("a checkable claim needs a label and a basis")
        if self.label is Label.PROVEN and self.basis not in _PROVABLE:
            raise ValueError(f"no claim is proven on the basis {self.basis.value}")
        if self.label is Label.ASPIRATIONAL and self.basis not in _ASPIRING:
            raise ValueError(f"no claim is aspirational on the basis {self.basis.value}")
        if not self.citations and self.basis is not Basis.NO_EVIDENCE:
            raise ValueError(f"the basis {self.basis.value} needs a citation")
        return self


@dataclass(frozen=True)
class Topic:
    """Evidence, and the claims to be judged by it alone."""

    name: str
    documents: tuple[Evidence, ...]
    claims: tuple[WantedClaim, ...]


@dataclass(frozen=True)
class ClaimSet:
    """A set of claims over evidence; ``as_of`` is the day of judgement of the claims that name none."""

    name: str
    topics: tuple[Topic, ...]
    as_of: date
    sha256: str

    @property
    def claims(self) -> tuple[WantedClaim, ...]:
        """The claims of all topics."""
        return tuple(claim for topic in self.topics for claim in topic.claims)

    def languages(self) -> dict[str, str | None]:
        """The language of each document by its id."""
        return {d.id: d.lang for topic in self.topics for d in topic.documents}

    def texts(self) -> dict[str, str]:
        """The normalised text of each document by its id."""
        return {d.id: normalise(d.text) for topic in self.topics for d in topic.documents}


@dataclass(frozen=True)
class Missing:
    """A set that is not here, and what would bring it."""

    name: str
    path: Path
    next_step: str = "Name the folder that holds it in CLAIMCHECK_DATA."

    def __str__(self) -> str:
        return f"{self.name} is not at {self.path}. {self.next_step}"


def read_claim_set(name: str, folder: Path, *, as_of: date) -> ClaimSet | Missing:
    """The claims and evidence of a folder, or of each of its subfolders, whose name is then their topic.

    Raises:
        BadRow: a row cannot be used.
    """
    folders = (
        [folder] if (folder / "claims.jsonl").is_file() else sorted(p.parent for p in folder.glob("*/claims.jsonl"))
    )
    if not folders:
        return Missing(name, folder)
    topics: dict[str, Topic] = {}
    seen: dict[str, str] = {}
    for place in folders:
        topics |= _topics(place, "" if place == folder else place.name, seen)
    files = [place / f"{kind}.jsonl" for place in folders for kind in ("documents", "claims")]
    return ClaimSet(name, tuple(topics[key] for key in sorted(topics)), as_of, sha256_of(files))


def gold_dev(data: Path = DATA) -> ClaimSet | Missing:
    """The end-to-end development set, which stays out of the project and only measures."""
    return read_claim_set("gold-dev", data / "gold-dev", as_of=GOLD_DEV_DAY)


def cases(folder: Path = CASES) -> ClaimSet | Missing:
    """The project's own cases: every rule of the policy and every trap."""
    found = read_claim_set("cases", folder, as_of=GOLD_DEV_DAY)
    return Missing("cases", folder, "Take a whole checkout of claimcheck.") if isinstance(found, Missing) else found


def _topics(folder: Path, name: str, seen: dict[str, str]) -> dict[str, Topic]:
    documents_file, claims_file = folder / "documents.jsonl", folder / "claims.jsonl"
    documents: dict[str, list[Evidence]] = {}
    texts: dict[str, tuple[str, str]] = {}
    for number, document in read_rows(documents_file, Evidence):
        _once(documents_file, number, document.id, seen)
        topic = document.topic or name
        documents.setdefault(topic, []).append(document)
        texts[document.id] = (topic, normalise(document.text))
    claims: dict[str, list[WantedClaim]] = {}
    for number, claim in read_rows(claims_file, WantedClaim):
        _once(claims_file, number, claim.id, seen)
        topic = claim.topic or name
        if topic not in documents:
            raise bad_row(claims_file, number, f"its topic {topic!r} has no documents")
        for citation in claim.citations:
            where, text = texts.get(citation.document, ("", ""))
            if where != topic:
                raise bad_row(claims_file, number, f"its topic has no document {citation.document!r}")
            if normalise(citation.quote) not in text:
                raise bad_row(claims_file, number, f"{citation.document} does not hold {citation.quote!r}")
        claims.setdefault(topic, []).append(claim)
    return {topic: Topic(topic, tuple(documents[topic]), tuple(claims.get(topic, ()))) for topic in documents}


def _once(path: Path, number: int, key: str, seen: dict[str, str]) -> None:
    if key in seen:
        raise bad_row(path, number, f"the id {key!r} is that of {seen[key]}")
    seen[key] = f"{path.parent.name}/{path.name}, line {number}"


def read_rows(path: Path, model: type[Row]) -> Iterator[tuple[int, Row]]:
    """Line number and row of each line of a file of JSON Lines that is not blank; ``.gz`` is unpacked.

    Raises:
        BadRow: a line is no JSON object, or not one of the model.
    """
    number = 0
    try:
        for number, line in enumerate(_lines(path), 1):
            if line.strip():
                yield number, model.model_validate_json(line)
    except ValidationError as error:
        raise bad_row(path, number, _reason(error)) from error
    except OSError as error:
        raise bad_row(path, number + 1, f"it cannot be read: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise bad_row(path, number + 1, "it is not in UTF-8") from error


def _lines(path: Path) -> Iterator[str]:
    with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as file:
        yield from file


def bad_row(path: Path, number: int, reason: str) -> BadRow:
    """The error for one row of a set."""
    return BadRow(f"{path}, line {number}: {reason}.", "Correct the row and run the command again.")


def _reason(error: ValidationError) -> str:
    first = error.errors()[0]
    place = ".".join(map(str, first["loc"]))
    said = first["msg"].removeprefix("Value error, ")
    return f"{place}: {said}" if place else said


class PairRow(BaseModel):
    """A claim, its evidence and how they relate, in the relations that its set has."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    claim: str = Field(min_length=1)
    evidence: str = Field(min_length=1)
    label: Literal["supports", "plans", "hedges", "refutes", "nei", "not_supports", "partly"]
    lang: str = "en"
    evidence_lang: str | None = None
    published: date | None = Field(default=None, alias="date")
    item: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _undated(cls, row: object) -> object:
        return {key: value for key, value in row.items() if value != ""} if isinstance(row, dict) else row

    @property
    def languages(self) -> str:
        """The pair of languages, claim first."""
        return f"{self.lang}→{self.evidence_lang or self.lang}"


WITHOUT_PAIRS: Final = frozenset({"checkworthy-claim", "checkworthy-sentence", "promise"})
"""Measuring sets that hold no pairs of a claim and evidence."""


def pair_files(data: Path = DATA, folder: str = "measure") -> list[Path]:
    """The files of pairs of one folder, by name."""
    return [path for path in sorted((data / folder).glob("*.jsonl.gz")) if set_name(path) not in WITHOUT_PAIRS]


def set_name(path: Path) -> str:
    """The name of a set of pairs: its file's without the ending."""
    return path.name.removesuffix(".gz").removesuffix(".jsonl")


def read_pairs(path: Path) -> list[PairRow]:
    """The rows of one set of pairs.

    Raises:
        BadRow: a row cannot be used.
    """
    return [row for _, row in read_rows(path, PairRow)]


class WrittenClaim(BaseModel):
    """A claim on a written item, and the sentences that decide it."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    claim: str
    lang: str
    label: Relation
    deciding: tuple[int, ...] = ()


class WrittenItem(BaseModel):
    """One of the project's own pieces of invented evidence, with its claims."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: str
    lang: str
    date: str | None = None
    sentences: tuple[str, ...]
    claims: tuple[WrittenClaim, ...]

    @property
    def text(self) -> str:
        """The whole of it."""
        return " ".join(self.sentences)


def written_items(folder: Path = WRITTEN) -> list[WrittenItem]:
    """All written items, those that only measure included.

    Raises:
        BadRow: a row cannot be used.
    """
    return [item for path in sorted(folder.glob("*.jsonl.gz")) for _, item in read_rows(path, WrittenItem)]


DEV_SHARE: Final = 0.06
"""Share of the written items that train nothing and set what baselines need."""


def dev_items(folder: Path = WRITTEN) -> list[WrittenItem]:
    """The written items that train nothing."""
    return [item for item in written_items(folder) if share(item.id) < DEV_SHARE]


def sha256_of(files: Iterable[Path]) -> str:
    """One hash over the names and bytes of files, in the order given."""
    digest = hashlib.sha256()
    for file in files:
        digest.update(f"{file.parent.name}/{file.name}\n".encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()


def drawn(rows: Sequence[Row], most: int) -> list[int]:
    """The numbers of at most so many rows, the same ones every time, in the order of the set."""
    order = sorted(range(len(rows)), key=lambda number: share(f"{number}"))
    return sorted(order[:most])


def as_documents(topic: Topic) -> list[Document]:
    """The documents of a topic as the library would hold them, without a library."""
    return [
        Document(
            id=d.id,
            text=normalise(d.text),
            title=d.title,
            url=d.url,
            publisher=d.publisher,
            published=d.published,
            lang=d.lang,
            kind=SourceKind(d.kind) if d.kind in set(SourceKind) else None,
        )
        for d in topic.documents
    ]
