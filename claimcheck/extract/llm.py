"""Extraction by a language model: each claim is held against the draft, and the local extraction stands in for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from claimcheck.errors import LanguageModelError
from claimcheck.extract.attribution import content_of
from claimcheck.extract.grounding import MOODS, content_words, find_invented, is_stated_by, moods_of, outside_brackets
from claimcheck.extract.markup import with_markup, without_markup
from claimcheck.extract.windows import cut_windows, windows_of
from claimcheck.llm.door import LanguageModel, Reply
from claimcheck.llm.replies import ExtractedClaim, Extraction
from claimcheck.protocols import Extractor
from claimcheck.text.language import detect_language
from claimcheck.text.normalise import normalise
from claimcheck.text.sentences import split_sentences
from claimcheck.types import Claim, ClaimKind, Document, Fallback, FallbackReason, Skipped, SkipReason, Span

_TASK: Final = "extract"
_KINDS: Final = {
    "fact": ClaimKind.FACT,
    "plan": ClaimKind.PLAN,
    "prediction": ClaimKind.PREDICTION,
    "quantity": ClaimKind.FACT,
    "quotation": ClaimKind.QUOTATION,
}
_UNREALISED: Final = frozenset((ClaimKind.PLAN, ClaimKind.PREDICTION))
_REASONS: Final = {
    "opinion": SkipReason.OPINION,
    "question": SkipReason.QUESTION,
    "boilerplate": SkipReason.BOILERPLATE,
    "ambiguous": SkipReason.AMBIGUOUS,
}
_LONGEST: Final = 4000
"""Characters of a sentence that are shown; what has more is a table or a list without stops."""
_SAME: Final = 0.8
_STATED: Final = 0.6


@dataclass(frozen=True)
class ModelExtraction:
    """What was found in a document, and which of it is not the model's.

    Attributes:
        claims: in the order of the text.
        skipped: sentences without a claim, in the order of the text; ambiguous ones are among them.
        fallbacks: sentences that were taken from the local extraction.
        failures: why the model gave no reply, one for each window of the draft that it gave none for.
    """

    claims: tuple[Claim, ...]
    skipped: tuple[Skipped, ...]
    fallbacks: tuple[Fallback, ...] = ()
    failures: tuple[LanguageModelError, ...] = ()


@dataclass
class _Found:
    """What one sentence comes to."""

    claims: list[Claim] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)


@dataclass(frozen=True)
class _Draft:
    """A draft with its sentences and what the local extraction finds in each."""

    document: Document
    plain: str
    lang: str | None
    sentences: tuple[Span, ...]
    local: tuple[_Found, ...]

    def whole(self, sentence: int) -> Span:
        """The span of a sentence in the draft as written."""
        return with_markup(self.document.text, self.plain, self.sentences[sentence])

    def shown(self, sentence: int) -> str:
        """What the model is shown of a sentence."""
        return self.sentences[sentence].of(self.plain)[:_LONGEST]


@dataclass(frozen=True)
class _Told:
    """What the model says of one sentence: claims with the numbers of their sentences, or why there is none."""

    claims: tuple[tuple[ExtractedClaim, tuple[int, ...]], ...] = ()
    left_out: SkipReason | None = None


class LlmExtractor:
    """Finds the claims of a document with a language model.

    A model writes the self-contained text of a claim and points at its sentences. Everything else is code's: spans are
    those of the sentences, or of the clause that the local extraction finds with the same words; a text with a number,
    a date, a name or a mood that its sentences do not have is rejected.

    Args:
        model: the door to the model.
        local: finds the claims of sentences that the model fails on.

    Example:
        >>> extraction = LlmExtractor(model, LocalExtractor(embedder)).extraction(document)  # doctest: +SKIP
        >>> print(len(extraction.claims), len(extraction.fallbacks), extraction.failures)  # doctest: +SKIP
    """

    def __init__(self, model: LanguageModel, local: Extractor) -> None:
        self._model = model
        self._local = local

    def extract(self, document: Document) -> tuple[tuple[Claim, ...], tuple[Skipped, ...]]:
        """Claims, and sentences without one, each in the order of the text.

        Args:
            document: a draft; its language is detected where it is not known.

        Raises:
            LanguageModelError: the model gave no usable reply for a part of the draft. :meth:`extraction` goes on with
                the local extraction there, and says so.
            PromptError: the prompt cannot be used.
            SettingsError: the settings name no model that can be used.
            InstallationError: the provider's package is missing.
        """
        found = self.extraction(document)
        if found.failures:
            raise found.failures[0]
        return found.claims, found.skipped

    def extraction(self, document: Document) -> ModelExtraction:
        """What is found in a document, with the local extraction wherever the model fails.

        Args:
            document: a draft; its language is detected where it is not known.

        Raises:
            PromptError: the prompt cannot be used.
            SettingsError: the settings name no model that can be used.
            InstallationError: the provider's package is missing.
        """
        draft = self._read(document)
        windows = cut_windows([len(draft.shown(number)) for number in range(len(draft.sentences))])
        questions = [
            {"title": document.title or "", "sentences": [draft.shown(number) for number in window]}
            for window in windows
        ]
        replies = list(self._model.ask_many(_TASK, questions, Extraction)) if questions else []
        failures = tuple(reply for reply in replies if isinstance(reply, LanguageModelError))
        told = [_told(reply, window) for reply, window in zip(replies, windows, strict=True)]
        merged: list[_Found] = []
        fallbacks: list[Fallback] = []
        stated: list[tuple[str, frozenset[int]]] = []
        for sentence in range(len(draft.sentences)):
            views = [told[index] for index in windows_of(sentence, windows)]
            said = next((view[sentence] for view in views if isinstance(view, dict) and sentence in view), None)
            if said is None:
                fallbacks.append(_nothing_said(draft, sentence, views))
                merged.append(draft.local[sentence])
                continue
            found, fallback = _held_against(draft, sentence, said, stated)
            merged.append(found)
            fallbacks += [] if fallback is None else [fallback]
        return _put_together(merged, fallbacks, failures)

    def _read(self, document: Document) -> _Draft:
        plain = without_markup(document.text)
        lang = document.lang or detect_language(plain)
        sentences = split_sentences(plain, lang)
        claims, skipped = self._local.extract(document)
        local = tuple(_Found() for _ in sentences)
        for claim in claims:
            local[_holding(claim.span, sentences)].claims.append(claim)
        for item in skipped:
            local[_holding(item.span, sentences)].skipped.append(item)
        return _Draft(document, plain, lang, sentences, local)


def _holding(span: Span, sentences: Sequence[Span]) -> int:
    """The sentence that a span shares most characters with."""

    def shared(number: int) -> int:
        sentence = sentences[number]
        return min(span.end, sentence.end) - max(span.start, sentence.start)

    return max(range(len(sentences)), key=shared)


def _told(reply: Reply[Extraction] | LanguageModelError, window: range) -> dict[int, _Told] | LanguageModelError:
    """What a reply says, by the draft's own numbers of the sentences."""
    if isinstance(reply, LanguageModelError):
        return reply
    told: dict[int, _Told] = {}
    for item in reply.value.left_out:
        told[window.start + item.sentence - 1] = _Told(left_out=_REASONS[item.reason])
    claims: dict[int, list[tuple[ExtractedClaim, tuple[int, ...]]]] = {}
    for claim in reply.value.claims:
        numbers = tuple(window.start + number - 1 for number in claim.sentences)
        claims.setdefault(numbers[0], []).append((claim, numbers))
    return told | {sentence: _Told(claims=tuple(found)) for sentence, found in claims.items()}


def _nothing_said(draft: _Draft, sentence: int, views: Sequence[dict[int, _Told] | LanguageModelError]) -> Fallback:
    failed = [view for view in views if isinstance(view, LanguageModelError)]
    if len(failed) == len(views):
        return _fallback(draft, sentence, "failed", failed[0].message, failed[0].next_step)
    return _fallback(draft, sentence, "forgotten", "The model's reply does not speak of it.")


def _fallback(
    draft: _Draft, sentence: int, reason: FallbackReason, detail: str, next_step: str | None = None
) -> Fallback:
    return Fallback(span=draft.whole(sentence), reason=reason, detail=detail, next_step=next_step)


def _held_against(
    draft: _Draft, sentence: int, told: _Told, stated: list[tuple[str, frozenset[int]]]
) -> tuple[_Found, Fallback | None]:
    """What the model says of a sentence as far as the draft bears it out, else what the local extraction finds.

    Args:
        draft: the draft.
        sentence: number of the sentence.
        told: what the model says of it.
        stated: text and sentences of the claims so far; those of this sentence are added.
    """
    if told.left_out is not None:
        return _left_out(draft, sentence, told.left_out)
    found = _Found()
    wrong: list[str] = []
    lost = moods_of(draft.shown(sentence), draft.lang)
    accepted: list[tuple[str, frozenset[int]]] = []
    repeated = False
    for claim, numbers in told.claims:
        checked = _claim(draft, claim, numbers)
        if isinstance(checked, str):
            wrong.append(checked)
            continue
        lost -= moods_of(checked.text, draft.lang)
        bare = outside_brackets(checked.text).casefold().rstrip(".")
        if any(bare == other and not theirs.isdisjoint(numbers) for other, theirs in (*stated, *accepted)):
            repeated = True
            continue
        accepted.append((bare, frozenset(numbers)))
        found.claims.append(checked)
    if lost and found.claims:
        wrong.append(f"the wording of {min(lost)!r} is lost")
        found.claims.clear()
        accepted.clear()
    stated += accepted
    if wrong:
        return _with_local(draft, sentence, found), _fallback(draft, sentence, "rejected", "; ".join(wrong))
    if repeated and not found.claims:
        found.skipped.append(_skipped(draft, sentence, SkipReason.CONTEXT))
    return found, None


def _left_out(draft: _Draft, sentence: int, reason: SkipReason) -> tuple[_Found, Fallback | None]:
    """A sentence that the model left out. No model, nor a draft that gives it orders, can make a claim vanish."""
    local = draft.local[sentence]
    if reason is not SkipReason.AMBIGUOUS and local.claims:
        return local, _fallback(draft, sentence, "left_out", f"The model takes it for {reason.value}.")
    return _Found(skipped=[_skipped(draft, sentence, reason)]), None


def _skipped(draft: _Draft, sentence: int, reason: SkipReason) -> Skipped:
    span = draft.whole(sentence)
    return Skipped(span=span, quote=span.of(draft.document.text), reason=reason)


def _with_local(draft: _Draft, sentence: int, found: _Found) -> _Found:
    """The claims that stood the check, and those of the local extraction that none of them states."""
    stated = [content_words(claim.text, draft.lang) for claim in found.claims]
    local = draft.local[sentence]
    added = [
        claim
        for claim in local.claims
        if not any(_share(content_words(claim.quote, draft.lang), words) >= _STATED for words in stated)
    ]
    return _Found(claims=[*found.claims, *added], skipped=[] if found.claims or added else local.skipped)


def _claim(draft: _Draft, told: ExtractedClaim, numbers: tuple[int, ...]) -> Claim | str:
    """The claim, or what is wrong with it."""
    text = " ".join(normalise(told.text).split())
    content = content_of(text, Span(start=0, end=len(text)), draft.lang)
    if content is None:
        return f"{text!r} only says who speaks"
    text = content.of(text).strip()
    invented = find_invented(text, [draft.shown(number) for number in numbers], draft.lang)
    if invented is not None:
        return str(invented)
    sentence = numbers[0]
    if not is_stated_by(text, draft.shown(sentence), draft.lang):
        return f"{text!r} is not what its sentence states"
    same = _same_clause(draft, sentence, text)
    if same is not None and moods_of(same.quote, draft.lang) != moods_of(text, draft.lang):
        return f"{text!r} words {same.quote!r} as more or less certain than it is"
    span = draft.whole(sentence) if same is None else same.span
    speaker = _speaker(draft, told.said_by, numbers)
    local = draft.local[sentence].claims if same is None else [same]
    return Claim(
        id="",
        span=span,
        quote=span.of(draft.document.text),
        text=text,
        kind=_kind(_KINDS[told.kind], text, [claim.kind for claim in local], draft.lang),
        speaker=speaker if speaker is not None or same is None else same.speaker,
        lang=draft.lang,
    )


def _same_clause(draft: _Draft, sentence: int, text: str) -> Claim | None:
    """The claim of the local extraction that says the same in the same words."""
    words = content_words(outside_brackets(text), draft.lang)
    for claim in draft.local[sentence].claims:
        clause = content_words(claim.quote, draft.lang)
        if min(_share(words, clause), _share(clause, words)) >= _SAME:
            return claim
    return None


def _share(words: frozenset[str], of: frozenset[str]) -> float:
    return len(words & of) / len(words) if words else 0.0


def _kind(told: ClaimKind, text: str, local: Sequence[ClaimKind], lang: str | None) -> ClaimKind:
    """The model's kind, unless the local extraction and the words of the claim both say otherwise."""
    unreal = bool(moods_of(text, lang) & (MOODS - {"negation", "cancelled"}))
    otherwise = [kind for kind in local if (kind in _UNREALISED) == unreal]
    return otherwise[0] if otherwise and (told in _UNREALISED) != unreal else told


def _speaker(draft: _Draft, told: str | None, numbers: tuple[int, ...]) -> str | None:
    """Who says it, if the sentences name them."""
    name = " ".join(normalise(told or "").replace("[", "").replace("]", "").split())
    words = content_words(name, draft.lang)
    there = frozenset().union(*(content_words(draft.shown(number), draft.lang) for number in numbers))
    return name if words and words <= there else None


def _put_together(
    found: Sequence[_Found], fallbacks: list[Fallback], failures: tuple[LanguageModelError, ...]
) -> ModelExtraction:
    claims = sorted((claim for own in found for claim in own.claims), key=lambda claim: claim.span.start)
    return ModelExtraction(
        claims=tuple(claim.model_copy(update={"id": f"c{number}"}) for number, claim in enumerate(claims, start=1)),
        skipped=tuple(item for own in found for item in own.skipped),
        fallbacks=tuple(fallbacks),
        failures=failures,
    )
