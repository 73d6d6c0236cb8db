"""Extraction on this machine alone: trained heads choose sentences and clauses, rules do the rest."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from claimcheck.errors import ModelError
from claimcheck.extract.attribution import content_of, is_greeting, is_mere_attribution
from claimcheck.extract.candidates import find_candidates, join_candidates
from claimcheck.extract.clauses import choose_runs, strongest_run
from claimcheck.extract.completion import standing_span, without_dangling
from claimcheck.extract.heads import CLAIM_TYPES, SENTENCE_TYPES, load_heads
from claimcheck.extract.markup import closed_up, with_markup, without_markup
from claimcheck.extract.mentions import find_mentions
from claimcheck.extract.reading import Reading, TokenEncoder, read_sentences
from claimcheck.extract.speakers import Attributor
from claimcheck.extract.standalone import Restater
from claimcheck.protocols import Embedder
from claimcheck.text.cues import find_cues, highest_rung
from claimcheck.text.language import detect_language
from claimcheck.types import Claim, ClaimKind, Document, Rung, Skipped, SkipReason, Span

_WORD: Final = re.compile(r"\w+")
_PAIRS: Final = {"”": "“", "“": "„", "»": "«", "«": "»", "」": "「", "』": "『", ")": "("}
_SHORT_GREETING: Final = 12
"""Words up to which a sentence that begins like a greeting is one."""

_PLAN, _PREDICTION = SENTENCE_TYPES.index("plan"), SENTENCE_TYPES.index("prediction")
_NO_MATTER_OF_PLACE: Final = [SENTENCE_TYPES.index(name) for name in ("opinion", "question")]
_TERSE: Final = 2
"""Sentences up to which a text has no room for boilerplate."""

_FEWEST: Final = 3
"""Words of the shortest statement; a script without blanks has as many characters."""

_UNREAL_FROM: Final = 0.15
"""Share of plan and prediction from which a clause with a cue of plan is one in a sentence that is none."""

Array = NDArray[np.float32]


@dataclass(frozen=True)
class _Found:
    """A claim's span and how likely it lacks its subject."""

    span: Span
    lacks_subject: bool


class LocalExtractor:
    """Finds the claims of a document without a language model.

    Args:
        encoder: the embedder of the library; it must give token states, as the shipped one does.

    Raises:
        ModelError: the encoder gives no token states, or the heads are missing.

    Example:
        >>> from claimcheck.models import load_embedder
        >>> from claimcheck.settings import load_settings
        >>> extractor = LocalExtractor(load_embedder(load_settings()))  # doctest: +SKIP
    """

    def __init__(self, encoder: Embedder) -> None:
        if not isinstance(encoder, TokenEncoder):
            raise ModelError(
                f"The embedder {encoder.name} gives no token states, which the local extraction reads.",
                "Use the shipped embedder for extraction.",
            )
        self._encoder: TokenEncoder = encoder
        self._heads = load_heads()

    def extract(self, document: Document) -> tuple[tuple[Claim, ...], tuple[Skipped, ...]]:
        """Claims, and sentences without one, each in the order of the text.

        A sentence that does not tell what it is of ("It is not yet a purchase.") is ambiguous, and none of its claims
        is given.

        Args:
            document: a draft; its language is detected where it is not known.
        """
        written = document.text
        text = without_markup(written)
        lang = document.lang or detect_language(text)
        readings = read_sentences(text, lang, self._encoder)
        types = self._heads.sentence_types(readings)
        mentions = find_mentions(text, lang)
        attributor, restater = Attributor(text, lang, mentions), Restater(text, lang, mentions)
        claims: list[Claim] = []
        skipped: list[Skipped] = []
        everything = self._claims(text, lang, readings, types)
        for reading, probabilities, found in zip(readings, types, everything, strict=True):
            kinds = _kinds([claim.span.of(text) for claim in found], lang, probabilities)
            spans = [claim.span for claim in found]
            told: list[Claim] = []
            unclear = bool(found)
            for number, (claim, kind) in enumerate(zip(found, kinds, strict=True)):
                speaker = attributor.speaker(claim.span, reading.sentence)
                quoted = attributor.is_quoted(claim.span, reading.sentence)
                restated = restater.restate(
                    standing := standing_span(text, spans, number, reading.sentence, lang, mentions),
                    reading.sentence,
                    lacks_subject=claim.lacks_subject and standing == claim.span,
                    quoted_from=speaker if quoted else None,
                )
                unclear &= restater.is_unclear(standing, restated)
                whole = with_markup(written, text, claim.span)
                told.append(
                    Claim(
                        id=f"c{len(claims) + number + 1}",
                        span=whole,
                        quote=whole.of(written),
                        text=restated if text == written else closed_up(restated),
                        kind=_worded(kind, is_quoted=quoted, is_attributed=speaker is not None),
                        speaker=speaker,
                        lang=lang,
                    )
                )
            if unclear or not found:
                sentence = reading.sentence.of(text)
                reason = SkipReason.AMBIGUOUS if unclear else _reason(sentence, lang, probabilities)
                whole = with_markup(written, text, reading.sentence)
                skipped.append(Skipped(span=whole, quote=whole.of(written), reason=reason))
            else:
                claims += told
        return tuple(claims), tuple(skipped)

    def kind_of(self, text: str) -> ClaimKind:
        """What sort of proposition a claim given by itself is.

        Args:
            text: the claim, in normal form.
        """
        lang = detect_language(text)
        readings = read_sentences(text, lang, self._encoder)
        if not readings:
            return ClaimKind.FACT
        probabilities = self._heads.sentence_types(readings).mean(axis=0)
        kind = _kinds([text], lang, probabilities)[0]
        return ClaimKind.FACT if kind is ClaimKind.QUOTATION else kind

    def _claims(self, text: str, lang: str | None, readings: Sequence[Reading], types: Array) -> list[list[_Found]]:
        """The claims of each sentence; all sentences go through the heads together."""
        found: list[list[_Found]] = [[] for _ in readings]
        holding = [
            number
            for number, (reading, probabilities) in enumerate(zip(readings, types, strict=True))
            if _claim_share(probabilities, len(readings)) > self._heads.claim_from
            and not _is_greeting(reading.sentence.of(text), lang)
        ]
        if not holding:
            return found
        projected = self._heads.project(np.concatenate([readings[number].states for number in holding]))
        tokens = np.cumsum([len(readings[number].states) for number in holding])[:-1]
        candidates = [
            find_candidates(text, readings[number], lang, states)
            for number, states in zip(holding, np.split(projected, tokens), strict=True)
        ]
        together = join_candidates(candidates)
        runs = np.cumsum([len(own.first) for own in candidates])[:-1]
        scores = np.split(self._heads.run_scores(together), runs)
        lacking = np.split(self._heads.subject_scores(together) >= self._heads.subject_from, runs)
        for number, own, score, lacks in zip(holding, candidates, scores, lacking, strict=True):
            pieces = readings[number].pieces
            chosen = choose_runs(own, score, self._heads.run_from)
            if not chosen and len(readings) > _TERSE and int(np.argmax(types[number])) not in _NO_MATTER_OF_PLACE:
                chosen = strongest_run(score)
            for index in chosen:
                span = Span(start=pieces[own.first[index]].start, end=pieces[own.last[index]].end)
                content = content_of(text, span, lang)
                if content is not None:
                    closed = without_dangling(text, _closed(text, content), lang)
                    found[number].append(_Found(closed, bool(lacks[index])))
            if not found[number] and len(readings) <= _TERSE and _may_state(readings[number].sentence.of(text)):
                found[number].append(_Found(_without_stop(text, readings[number].sentence), lacks_subject=False))
        return found


def _claim_share(probabilities: Array, sentences: int) -> float:
    """How likely a sentence is to state a claim.

    A text of a sentence or two holds no boilerplate and no context: there it is a claim, an opinion or a question.
    """
    share = float(probabilities[:CLAIM_TYPES].sum())
    return share if sentences > _TERSE else share / max(1e-9, share + float(probabilities[_NO_MATTER_OF_PLACE].sum()))


def _may_state(sentence: str) -> bool:
    """Whether there are words enough for a subject and what it does."""
    words = _WORD.findall(sentence)
    return len(words) >= _FEWEST or (not sentence.isascii() and len("".join(words)) > _FEWEST)


def _without_stop(text: str, sentence: Span) -> Span:
    bare = sentence.of(text).rstrip(" .。!?;:")
    return Span(start=sentence.start, end=sentence.start + len(bare)) if bare else sentence


def _closed(text: str, claim: Span) -> Span:
    """A claim with the closing mark of a quotation that begins inside it."""
    quote, following = claim.of(text), text[claim.end : claim.end + 1]
    opened = quote.count('"') % 2 == 1 if following == '"' else _PAIRS.get(following, "\0") in quote
    open_inside = opened and quote.count(_PAIRS.get(following, following)) > quote.count(following) * (following != '"')
    return Span(start=claim.start, end=claim.end + 1) if open_inside else claim


def _is_greeting(sentence: str, lang: str | None) -> bool:
    return is_greeting(sentence, lang) and len(_WORD.findall(sentence)) <= _SHORT_GREETING


def _reason(sentence: str, lang: str | None, probabilities: Array) -> SkipReason:
    """Why a sentence is left out: by rule where its words show it, else the likeliest type without claims."""
    if not _WORD.search(sentence):
        return SkipReason.BOILERPLATE
    if _is_greeting(sentence, lang):
        return SkipReason.GREETING
    if is_mere_attribution(sentence, lang):
        return SkipReason.ATTRIBUTION
    likeliest = CLAIM_TYPES + int(np.argmax(probabilities[CLAIM_TYPES:]))
    return SkipReason(SENTENCE_TYPES[likeliest])


def _kinds(quotes: list[str], lang: str | None, probabilities: Array) -> list[ClaimKind]:
    """The kind of each claim of one sentence.

    The sentence's likeliest kind holds for its claims; where some of them carry a cue of plan or doubt and others
    none, or one tells of a step taken (a signing, a start), the others are facts, and a clause with a cue of plan may
    be one in a sentence of another kind.
    """
    kind = ClaimKind(SENTENCE_TYPES[int(np.argmax(probabilities[:CLAIM_TYPES]))])
    families = [{cue.family for cue in find_cues(quote, lang)} for quote in quotes]
    if kind in (ClaimKind.PLAN, ClaimKind.PREDICTION):
        unreal = [bool(found & {"plan", "hedge", "conditional"}) for found in families]
        taken = [highest_rung(quote, lang) not in (None, Rung.ANNOUNCED) for quote in quotes]
        return [
            kind if cued or not (any(unreal) or step) else ClaimKind.FACT
            for cued, step in zip(unreal, taken, strict=True)
        ]
    planned, predicted = probabilities[_PLAN], probabilities[_PREDICTION]
    if planned + predicted < _UNREAL_FROM:
        return [kind] * len(quotes)
    other = ClaimKind.PLAN if planned >= predicted else ClaimKind.PREDICTION
    return [other if "plan" in found else kind for found in families]


def _worded(kind: ClaimKind, *, is_quoted: bool, is_attributed: bool) -> ClaimKind:
    """A fact in somebody's own quoted words is a quotation, and a quotation of nobody a fact."""
    if kind not in (ClaimKind.FACT, ClaimKind.QUOTATION):
        return kind
    return ClaimKind.QUOTATION if is_quoted or (kind is ClaimKind.QUOTATION and is_attributed) else ClaimKind.FACT
