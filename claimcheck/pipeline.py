"""Check a document: extract its claims, retrieve passages, verify sentences, decide, report."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self

from claimcheck import __version__
from claimcheck.citing import verdict_of
from claimcheck.decide import Decision, Policy, decide, with_second_view
from claimcheck.errors import EmptyDocument, LanguageModelError, LibraryError, ModelError
from claimcheck.extract.local import LocalExtractor
from claimcheck.extract.markup import without_brackets
from claimcheck.library.chroma import load_chroma
from claimcheck.library.library import Library
from claimcheck.llm.embedder import open_embedder
from claimcheck.models import load_embedder, load_verifier
from claimcheck.models.weights import models_used
from claimcheck.retrieve.hybrid import HybridRetriever
from claimcheck.settings import Settings, load_settings
from claimcheck.text.language import detect_language
from claimcheck.text.normalise import normalise
from claimcheck.types import (
    Claim,
    CorpusSearched,
    Document,
    Fallback,
    Finding,
    Judgement,
    ModelUsed,
    Report,
    RetrievedPassage,
    Skipped,
    Span,
    Unchecked,
    Verdict,
)
from claimcheck.usage import Usage
from claimcheck.verify.case import CannotJudge, Case, Judged, JudgesCases
from claimcheck.verify.claim_time import claim_deadline, claim_event_start, is_present_state
from claimcheck.verify.local import LocalVerifier

if TYPE_CHECKING:
    from claimcheck.extract.llm import LlmExtractor
    from claimcheck.llm.door import LanguageModel

_CLAIMS_AT_ONCE: Final = 16
_CLAIMS_ASKED_AT_ONCE: Final = 64
"""With a language model: all that a draft holds, as a rule, is judged before anything is explained."""
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

    def __init__(self, library: Library, settings: Settings, model: LanguageModel | None = None) -> None:
        self._library = library
        self._settings = settings
        self._day = settings.day
        self._verifier_model = load_verifier(settings)
        self._extractor = LocalExtractor(load_embedder(settings) if settings.embedding else library.embedder)
        self._retriever = HybridRetriever(library, library.embedder, settings)
        self._verifier = LocalVerifier(self._verifier_model, self._day)
        self._policy = Policy.from_calibration(
            self._verifier_model.calibration.thresholds,
            self_source=settings.self_source,
            stale_after_days=settings.stale_after_days,
            unsure_below=settings.unsure_below,
        )
        self._model = model
        self._second = None if settings.verifier_in_force == "local" else self._open_second()
        self._reader = self._open_reader() if settings.extractor_in_force == "llm" else None

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
            PromptError: a prompt of the user cannot be used.
            CacheError: the kept replies of language models cannot be used.
        """
        chosen = settings or load_settings()
        folder = Path(library) if library is not None else chosen.library_folder
        Library.require(folder)
        with ThreadPoolExecutor(1, thread_name_prefix="claimcheck-load") as beside:
            loaded = beside.submit(load_chroma)
            checker = cls(Library.open(folder, open_embedder(chosen)), chosen, _model_of(chosen))
            loaded.result()
        return checker

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Free the library's files, and make no further calls of a language model."""
        self._library.close()
        if self._model is not None:
            self._model.close()

    @property
    def corpus(self) -> CorpusSearched:
        """What "no source" is said of."""
        return self._library.summary()

    @property
    def usage(self) -> Usage | None:
        """What was asked of the language model so far; ``None`` if none may be asked."""
        return None if self._model is None else self._model.usage

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
        before = self.usage
        claims, skipped, fallbacks = self._extracted(document)
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
            fallbacks=fallbacks,
            corpus=self.corpus,
            models=(*self._models_used(), *self._language_model_used()),
            settings=self._recorded_settings(),
            sources=tuple(sources[key] for key in sorted(sources)),
            usage=None if self._model is None or before is None else self._model.usage.since(before),
        )

    def _extracted(self, document: Document) -> tuple[tuple[Claim, ...], tuple[Skipped, ...], tuple[Fallback, ...]]:
        if self._reader is None:
            return (*self._extractor.extract(document), ())
        found = self._reader.extraction(document)
        return found.claims, found.skipped, found.fallbacks

    def _findings(
        self, claims: Sequence[Claim], *, issuer: str | None
    ) -> Iterator[tuple[Finding, dict[str, Document]]]:
        """Each finding, with the documents that it cites."""
        at_once = _CLAIMS_AT_ONCE if self._model is None else _CLAIMS_ASKED_AT_ONCE
        for start in range(0, len(claims), at_once):
            group = claims[start : start + at_once]
            # Brackets tell a reader which words were inferred; models that judge were never shown any.
            plain = [c.model_copy(update={"text": without_brackets(c.text)}) for c in group] if self._reader else group
            found = zip(group, self._judged(plain, issuer), strict=True)
            findings = (self._finding(claim, judged) for claim, judged in found)
            yield from findings if self._model is None else self._explained(list(findings), self._model)

    def _judged(self, claims: Sequence[Claim], issuer: str | None) -> Iterator[Judged | CannotJudge]:
        try:
            retrieved = self._retriever.retrieve_many(claims)
        except LanguageModelError as error:  # of the server that embeds
            yield from (error for _ in claims)
            return
        found = zip(claims, retrieved, strict=True)
        cases = (self._case(claim, passages, issuer) for claim, passages in found)
        if self._second is None:
            yield from (Judged(case, case.judgements) if isinstance(case, Case) else case for case in cases)
            return
        opened = list(cases)
        judged = self._second.judge_many([case for case in opened if isinstance(case, Case)])
        yield from (next(judged) if isinstance(case, Case) else case for case in opened)

    def _case(self, claim: Claim, passages: tuple[RetrievedPassage, ...], issuer: str | None) -> Case | CannotJudge:
        try:
            documents = self._documents(passages)
            return Case(claim, passages, documents, self._verifier.judge(claim, passages, documents), issuer)
        except (LibraryError, ModelError) as error:
            return error

    def _documents(self, passages: Iterable[RetrievedPassage]) -> dict[str, Document]:
        return {
            document: self._library.document(document) for document in sorted({f.passage.document for f in passages})
        }

    def _finding(self, claim: Claim, judged: Judged | CannotJudge) -> tuple[Finding, dict[str, Document]]:
        if not isinstance(judged, Judged):
            return Unchecked(**claim.stated(), reason=judged.message, next_step=judged.next_step), {}
        case = judged.case
        decision = alone = self._decided(case, case.judgements)
        if judged.asked:
            decision = with_second_view(self._decided(case, judged.judgements), alone)
        cited = {j.document: case.documents[j.document] for j in (*decision.supporting, *decision.opposing)}
        verdict = verdict_of(claim, decision, case.documents)
        return verdict.model_copy(update={"without_model": alone.label if judged.asked else None}), cited

    def _decided(self, case: Case, judgements: tuple[Judgement, ...]) -> Decision:
        claim = case.claim
        return decide(
            claim,
            judgements,
            case.documents,
            as_of=self._day,
            policy=self._policy,
            claim_deadline=claim_deadline(claim.text, claim.lang, self._day),
            event_start=claim_event_start(claim.text, claim.lang, self._day),
            present_state=is_present_state(claim.text, claim.lang, self._day),
            issuer=case.issuer,
        )

    def _open_second(self) -> JudgesCases:
        from claimcheck.verify.cascade import Cascade
        from claimcheck.verify.llm import ModelVerifier

        assert self._model is not None
        asked = ModelVerifier(self._model, self._verifier, self._search)
        if self._settings.verifier_in_force == "llm":
            return asked
        return Cascade(
            asked, lambda case: self._decided(case, case.judgements).confidence, self._settings.cascade_below
        )

    def _open_reader(self) -> LlmExtractor:
        from claimcheck.extract.llm import LlmExtractor

        assert self._model is not None
        return LlmExtractor(self._model, self._extractor)

    def _search(self, claim: Claim) -> tuple[tuple[RetrievedPassage, ...], dict[str, Document]]:
        passages = self._retriever.retrieve(claim)
        return passages, self._documents(passages)

    def _explained(
        self, findings: list[tuple[Finding, dict[str, Document]]], model: LanguageModel
    ) -> Iterator[tuple[Finding, dict[str, Document]]]:
        from claimcheck.explain.backing import VerifierBacking
        from claimcheck.explain.rationale import explain_many

        wanted = [f for f, _ in findings if isinstance(f, Verdict) and self._is_explained(f)]
        explained = explain_many(wanted, model, VerifierBacking(self._verifier_model, self._policy))
        for finding, cited in findings:
            wants = isinstance(finding, Verdict) and self._is_explained(finding)
            yield (next(explained) if wants else finding), cited

    def _is_explained(self, verdict: Verdict) -> bool:
        explain = self._settings.explain
        return explain == "all" or (explain == "asked" and verdict.without_model is not None)

    def _models_used(self) -> tuple[ModelUsed, ...]:
        shipped = models_used()
        if self._settings.embedding is None:
            return shipped
        return tuple(
            ModelUsed(task=m.task, name=self._library.embedder.name, sha256=None) if m.task == "retrieval" else m
            for m in shipped
        )

    def _language_model_used(self) -> tuple[ModelUsed, ...]:
        return () if self._model is None else (ModelUsed(task="language model", name=self._model.name, sha256=None),)

    def _recorded_settings(self) -> dict[str, str | int | float | bool]:
        chosen = self._settings.recorded()
        policy = self._policy.model_dump(exclude={"confidence_curves"})  # the verifier's hash stands for them
        return {**chosen, **{f"policy.{name}": value for name, value in policy.items()}}


def _model_of(settings: Settings) -> LanguageModel | None:
    """The language model, where the settings in force may ask one."""
    if not settings.asks_model:
        return None
    from claimcheck.llm.door import open_model

    return open_model(settings)


def _as_document(text: str, title: str | None) -> Document:
    clean = normalise(text)
    digest = hashlib.sha256(clean.encode()).hexdigest()
    return Document(id=f"draft-{digest[:8]}", text=clean, title=title, lang=detect_language(clean), sha256=digest)
