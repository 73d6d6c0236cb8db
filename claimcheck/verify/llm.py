"""The verifier with a language model: it points at numbered sentences, and code makes judgements of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from claimcheck.errors import LanguageModelError, LibraryError, ModelError
from claimcheck.llm.door import LanguageModel
from claimcheck.llm.replies import Verification
from claimcheck.text.language import detect_language
from claimcheck.text.normalise import normalise
from claimcheck.types import Claim, Document, Judgement, Relation, RetrievedPassage
from claimcheck.verify.case import BEARS, CannotJudge, Case, Judged, bearing, place, surest
from claimcheck.verify.joining import join, relations_of
from claimcheck.verify.local import LocalVerifier
from claimcheck.verify.shown import ShownSentence, choose_evidence

_TASK: Final = "verify"
_LONGEST_QUERY: Final = 200

Search = Callable[[Claim], tuple[tuple[RetrievedPassage, ...], Mapping[str, Document]]]
"""Finds passages for a claim, with the document of each."""


class ModelVerifier:
    """Asks a language model how sentences bear on claims, and joins what it says with the local verifier's view.

    Nothing that the model writes goes further than this: numbers become spans of stored documents, relations change
    probabilities, and up to two queries search the library. Its reasons are read by nobody.

    Args:
        model: the door to the model.
        local: the local verifier, which judges what a search adds.
        search: looks up the library.
    """

    def __init__(self, model: LanguageModel, local: LocalVerifier, search: Search) -> None:
        self._model = model
        self._local = local
        self._search = search

    def judge_many(self, cases: Sequence[Case]) -> Iterator[Judged | CannotJudge]:
        """Ask about each case, several at a time.

        Args:
            cases: what the local verifier has judged.

        Yields:
            In the order of the cases, each with both views joined, or why the model could not be asked.

        Raises:
            PromptError: the prompt cannot be used.
            SettingsError: the settings name no model that can be used.
            InstallationError: the provider's package is missing.
        """
        evidence = choose_evidence(cases)
        asked = (_variables(case, shown) for case, shown in zip(cases, evidence, strict=True))
        replies = self._model.ask_many(_TASK, asked, Verification)
        for case, shown, reply in zip(cases, evidence, replies, strict=True):
            yield reply if isinstance(reply, LanguageModelError) else self._judged(case, shown, reply.value)

    def _judged(self, case: Case, shown: tuple[ShownSentence, ...], reply: Verification) -> Judged | CannotJudge:
        try:
            wider = self._searched(case, reply)
            if wider is not None:
                case, (shown,) = wider, choose_evidence([wider])
                reply = self._model.ask(_TASK, _variables(case, shown), Verification).value
        except (LanguageModelError, LibraryError, ModelError) as error:
            return error
        return Judged(case, self._joined(case, shown, reply), asked=True)

    def _searched(self, case: Case, reply: Verification) -> Case | None:
        """The case with what the model's own queries find; ``None`` if it needs none, or nothing found bears on it."""
        if all(part.relation is not Relation.UNRELATED for part in reply.assertions):
            return None
        known = {found.passage.id for found in case.passages}
        passages, judgements = list(case.passages), list(case.judgements)
        documents = dict(case.documents)
        for query in _queries(case.claim, reply.searches):
            found, theirs = self._search(query)
            fresh = tuple(one for one in found if one.passage.id not in known)
            judged = self._local.judge(case.claim, fresh, theirs)
            telling = {judgement.passage for judgement in judged if bearing(judgement) >= BEARS}
            known |= telling
            passages += [one for one in fresh if one.passage.id in telling]
            judgements += [judgement for judgement in judged if judgement.passage in telling]
            documents |= theirs
        if len(passages) == len(case.passages):
            return None
        return replace(case, passages=tuple(passages), documents=documents, judgements=surest(judgements))

    def _joined(self, case: Case, shown: Sequence[ShownSentence], reply: Verification) -> tuple[Judgement, ...]:
        named = relations_of(reply.assertions)
        if not named:  # the model has seen them all, and none bears on anything
            named = dict.fromkeys(range(1, len(shown) + 1), Relation.UNRELATED)
        said = {
            (shown[number - 1].document.id, shown[number - 1].span.start, shown[number - 1].span.end): relation
            for number, relation in named.items()
        }
        context = {found.passage.id: found.passage.text for found in case.passages}
        joined = []
        for judgement in case.judgements:
            relation = said.get(place(judgement))
            if relation is None:
                joined.append(judgement)
                continue
            both = judgement.model_copy(update={"probabilities": join(judgement.probabilities, relation)})
            if bearing(judgement) < BEARS:  # not yet read by rule
                document = case.documents[judgement.document]
                both = self._local.observed(both, case.claim, context[judgement.passage], document)
            joined.append(both)
        return tuple(joined)


def _variables(case: Case, shown: Sequence[ShownSentence]) -> dict[str, Any]:
    return {"claim": case.claim.text, "evidence": [sentence.variables() for sentence in shown]}


def _queries(claim: Claim, searches: Sequence[str]) -> Iterator[Claim]:
    """The claim in the words that the model would search for, which only find passages."""
    asked = dict.fromkeys(normalise(text)[:_LONGEST_QUERY].strip() for text in searches)
    for text in asked:
        if text and text != claim.text:
            yield claim.model_copy(update={"text": text, "lang": detect_language(text) or claim.lang})
