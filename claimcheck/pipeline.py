"""Check a document: extract its claims, retrieve passages, verify sentences, decide, report."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from claimcheck import __version__
from claimcheck.decide import Decision, Policy, decide
from claimcheck.errors import EmptyDocument, LibraryError, ModelError
from claimcheck.extract.local import LocalExtractor
from claimcheck.library.chroma import load_chroma
from claimcheck.library.library import Library
from claimcheck.models import load_embedder, load_verifier
from claimcheck.models.weights import models_used
from claimcheck.retrieve.hybrid import HybridRetriever
from claimcheck.settings import Settings, load_settings
from claimcheck.text.language import detect_language
from claimcheck.text.normalise import normalise
from claimcheck.types import (
    Citation,
    Claim,
    CorpusSearched,
    Document,
    Finding,
    Judgement,
    Report,
    RetrievedPassage,
    Skipped,
    Span,
    Unchecked,
    Verdict,
)
from claimcheck.verify.claim_time import claim_deadline, claim_event_start, is_present_state
from claimcheck.verify.local import LocalVerifier

_AROUND: Final = 32
_CLAIMS_AT_ONCE: Final = 16
_QUESTION: Final = re.compile(r"[?？؟][\"'”’»」』)\s]*\Z")


class Checker:
    """Checks drafts and claims against one evidence library.

    Example:
        >>> from claimcheck import Checker
        >>> with Checker.open("my-library") as checker:
        ...     report = checker.check("Peru signed a contract for four ships in April 2024.")
        ...     print(report.verdicts[0].label)
        proven
    """

    def __init__(self, library: Library, settings: Settings) -> None:
        self._library = library
        self._settings = settings
        self._day = settings.day
        self._verifier_model = load_verifier(settings)
        self._extractor = LocalExtractor(library.embedder)
        self._retriever = HybridRetriever(library, library.embedder, settings)
        self._verifier = LocalVerifier(self._verifier_model, self._day)
        self._policy = Policy.from_calibration(
            self._verifier_model.calibration.thresholds,
            self_source=settings.self_source,
            stale_after_days=settings.stale_after_days,
            unsure_below=settings.unsure_below,
        )

    @classmethod
    def open(cls, library: str | Path | None = None, settings: Settings | None = None) -> Self:
        """A checker over an evidence library.

        Args:
            library: the library's folder; unset: the one that the settings name.
            settings: unset: from the environment and ``claimcheck.toml``.

        Raises:
            LibraryNotFound: there is no library there.
            EmbeddingMismatch: it was made with another embedding model.
            ModelError: the weights of a model are missing or damaged.
            SettingsError: a setting cannot be used.
        """
        chosen = settings or load_settings()
        folder = Path(library) if library is not None else chosen.library_folder
        with ThreadPoolExecutor(1, thread_name_prefix="claimcheck-load") as beside:
            loaded = beside.submit(load_chroma)
            checker = cls(Library.open(folder, load_embedder(chosen)), chosen)
            loaded.result()
        return checker

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Free the library's files."""
        self._library.close()

    @property
    def corpus(self) -> CorpusSearched:
        """What "no source" is said of."""
        return self._library.summary()

    def check(self, draft: str | Document, *, title: str | None = None) -> Report:
        """The report of one draft.

        Args:
            draft: its text, or a document from a reader.
            title: title of the draft, where ``draft`` is text.

        Raises:
            EmptyDocument: the draft is empty.
            LibraryError: the library cannot be read.
        """
        document = draft if isinstance(draft, Document) else _as_document(draft, title)
        if not document.text.strip():
            raise EmptyDocument("The draft is empty.", "Give a text with at least one sentence.")
        *_, report = self.check_stream(document)
        assert isinstance(report, Report)
        return report

    def claims(self, texts: Iterable[str]) -> Iterator[Finding]:
        """Findings for claims that stand alone, each as soon as it is decided; a question is left unchecked.

        Args:
            texts: one claim each; the next one is taken when its finding is asked for.

        Raises:
            EmptyDocument: a claim is empty.
            LibraryError: the library cannot be read.
        """
        for number, text in enumerate(texts, start=1):
            clean = normalise(text)
            if not clean.strip():
                raise EmptyDocument(f"Claim {number} is empty.", "Give each claim as a sentence.")
            claim = Claim(
                id=f"c{number}",
                span=Span(start=0, end=len(clean)),
                quote=clean,
                text=clean,
                kind=self._extractor.kind_of(clean),
                lang=detect_language(clean),
            )
            if _QUESTION.search(clean):
                yield Unchecked(
                    **claim.stated(),
                    reason="A question states nothing that could be checked.",
                    next_step="Put it as a statement.",
                )
                continue
            for finding, _ in self._findings([claim], issuer=None):
                yield finding

    def check_stream(self, document: Document) -> Iterator[Finding | Skipped | Report]:
        """What is found in a document, in its order, as soon as it is decided; last, the whole report."""
        claims, skipped = self._extractor.extract(document)
        findings: list[Finding] = []
        sources: dict[str, Document] = {}
        waiting = sorted(skipped, key=lambda item: item.span.start)
        issuer = document.publisher or document.author
        for finding, cited in self._findings(claims, issuer=issuer):
            while waiting and waiting[0].span.start < finding.span.start:
                yield waiting.pop(0)
            findings.append(finding)
            sources |= cited
            yield finding
        yield from waiting
        yield Report(
            claimcheck=__version__,
            document=document,
            as_of=self._day,
            findings=tuple(findings),
            skipped=skipped,
            corpus=self.corpus,
            models=models_used(),
            settings=self._recorded_settings(),
            sources=tuple(sources[key] for key in sorted(sources)),
        )

    def _findings(
        self, claims: Sequence[Claim], *, issuer: str | None
    ) -> Iterator[tuple[Finding, dict[str, Document]]]:
        """Each finding, with the documents that it cites."""
        for start in range(0, len(claims), _CLAIMS_AT_ONCE):
            group = claims[start : start + _CLAIMS_AT_ONCE]
            for claim, passages in zip(group, self._retriever.retrieve_many(group), strict=True):
                yield self._finding(claim, passages, issuer)

    def _finding(
        self, claim: Claim, passages: tuple[RetrievedPassage, ...], issuer: str | None
    ) -> tuple[Finding, dict[str, Document]]:
        try:
            return self._verdict(claim, passages, issuer)
        except (LibraryError, ModelError) as error:
            return Unchecked(**claim.stated(), reason=error.message, next_step=error.next_step), {}

    def _verdict(
        self, claim: Claim, passages: tuple[RetrievedPassage, ...], issuer: str | None
    ) -> tuple[Verdict, dict[str, Document]]:
        ids = {found.passage.document for found in passages}
        documents = {document: self._library.document(document) for document in sorted(ids)}
        decision = decide(
            claim,
            self._verifier.judge(claim, passages, documents),
            documents,
            as_of=self._day,
            policy=self._policy,
            claim_deadline=claim_deadline(claim.text, claim.lang, self._day),
            event_start=claim_event_start(claim.text, claim.lang, self._day),
            present_state=is_present_state(claim.text, claim.lang, self._day),
            issuer=issuer,
        )
        cited = {j.document: documents[j.document] for j in (*decision.supporting, *decision.opposing)}
        return _verdict(claim, decision, documents), cited

    def _recorded_settings(self) -> dict[str, str | int | float | bool]:
        chosen = self._settings.recorded()
        policy = self._policy.model_dump(exclude={"confidence_knots"})  # the verifier's hash stands for them
        return {**chosen, **{f"policy.{name}": value for name, value in policy.items()}}


def cite(judgement: Judgement, document: Document, *, opposing: bool = False) -> Citation:
    """The citation of a judged sentence, its quote cut from the stored document.

    Args:
        judgement: the sentence.
        document: where it stands.
        opposing: whether the policy took it to speak against the claim, with the details that it gives otherwise.
    """
    start, end = judgement.span.start, judgement.span.end
    return Citation(
        document=document.id,
        title=document.title,
        url=document.url,
        publisher=document.publisher,
        published=document.published,
        kind=document.kind,
        start=start,
        end=end,
        quote=document.text[start:end],
        before=document.text[max(0, start - _AROUND) : start],
        after=document.text[end : end + _AROUND],
        locator=document.locator(start),
        document_sha256=hashlib.sha256(document.text.encode()).hexdigest(),
        relation=judgement.relation,
        probability=judgement.probabilities[judgement.relation],
        conflicts=tuple(d for d in judgement.differences if opposing and d.outcome == "conflict"),
    )


def _verdict(claim: Claim, decision: Decision, documents: dict[str, Document]) -> Verdict:
    return Verdict(
        **claim.stated(),
        label=decision.label,
        basis=decision.basis,
        flags=decision.flags,
        rung=decision.rung,
        progress=decision.progress,
        confidence=decision.confidence,
        citations=(
            *(cite(j, documents[j.document]) for j in decision.supporting),
            *(cite(j, documents[j.document], opposing=True) for j in decision.opposing),
        ),
        rule=decision.rule,
        would_settle=decision.would_settle,
    )


def _as_document(text: str, title: str | None) -> Document:
    clean = normalise(text)
    digest = hashlib.sha256(clean.encode()).hexdigest()
    return Document(id=f"draft-{digest[:8]}", text=clean, title=title, lang=detect_language(clean), sha256=digest)
