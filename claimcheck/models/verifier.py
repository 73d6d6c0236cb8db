"""The verifier: how each sentence of a passage relates to a claim, as a calibrated distribution."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from claimcheck.models import weights
from claimcheck.models.encoder import Encoder, load_tokenizer
from claimcheck.models.packing import Packed, pack
from claimcheck.types import Relation

_MAX_CONTEXT_TOKENS = 32


class Calibration(BaseModel):
    """What was fitted on data apart from training: the order of the outputs and the scaling of their logits.

    A head's logits are divided by its temperature and shifted by its biases (one a relation) before the softmax (Guo
    et al. 2017, "On Calibration of Modern Neural Networks").
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    relations: tuple[Relation, ...]
    passage_temperature: float
    passage_bias: tuple[float, ...]
    sentence_temperature: float
    sentence_bias: tuple[float, ...]
    thresholds: dict[str, float | dict[str, tuple[float, float]]] = {}
    """What the policy reads, by its own names."""

    @model_validator(mode="after")
    def _complete(self) -> Calibration:
        if set(self.relations) != set(Relation) or len(self.relations) != len(Relation):
            raise ValueError("relations must name all five relations once")
        if not len(self.passage_bias) == len(self.sentence_bias) == len(self.relations):
            raise ValueError("each head needs one bias a relation")
        return self


@dataclass(frozen=True)
class Question:
    """One claim and the sentences of one passage to judge it by."""

    claim: str
    sentences: tuple[str, ...]
    published: date | None = None
    title: str | None = None


@dataclass(frozen=True)
class Relations:
    """Distributions over the relations: of the whole passage, and of each sentence ``(sentences, relations)``."""

    passage: NDArray[np.float32]
    sentences: NDArray[np.float32]


class VerifierModel:
    """Runs the verifier over questions; the result of one never depends on the others."""

    def __init__(self, *, threads: int = 0, batch_size: int = 32) -> None:
        self._encoder = Encoder(weights.VERIFIER, threads=threads, batch_size=batch_size)
        self._tokenizer = load_tokenizer()

    @cached_property
    def calibration(self) -> Calibration:
        """The calibration that ships beside the weights.

        Raises:
            ModelError: its file is missing or damaged.
        """
        text = weights.weights_file(weights.CALIBRATION).read_text(encoding="utf-8")
        try:
            return Calibration.model_validate_json(text)
        except ValidationError as error:
            raise weights.damaged(weights.CALIBRATION) from error

    def judge(self, questions: Sequence[Question]) -> list[Relations]:
        """Distributions for each question, in order, over ``calibration.relations``.

        A passage too long for one sequence is judged in parts; its own distribution is then that of the part least
        likely to be unrelated.
        """
        packed = [(number, part) for number, question in enumerate(questions) for part in self._pack(question)]
        unrelated = self.calibration.relations.index(Relation.UNRELATED)
        width = len(self.calibration.relations)
        passages = [np.zeros(width, np.float32) for _ in questions]
        sentences = [np.zeros((len(question.sentences), width), np.float32) for question in questions]
        ids, marks = [part.ids for _, part in packed], [(0, *(at for _, at in part.marks)) for _, part in packed]
        for index, (passage, tokens) in self._encoder.run(ids, marks=marks):
            number, part = packed[index]
            # Some exported graphs leave the axis of the first token, which has length 1, in this output.
            distribution = self._calibrated(passage.reshape(width), "passage")
            if not passages[number].any() or distribution[unrelated] < passages[number][unrelated]:
                passages[number] = distribution
            for place, (sentence, _) in enumerate(part.marks, 1):
                sentences[number][sentence] = self._calibrated(tokens[place], "sentence")
        return [Relations(p, s) for p, s in zip(passages, sentences, strict=True)]

    def _pack(self, question: Question) -> list[Packed]:
        texts = [question.claim, *question.sentences]
        claim, *sentences = (e.ids for e in self._tokenizer.encode_batch(texts, add_special_tokens=False))
        day = question.published.isoformat() if question.published else ""
        date_ids = self._tokenizer.encode(day, add_special_tokens=False).ids
        title = self._tokenizer.encode(question.title or "", add_special_tokens=False).ids[:_MAX_CONTEXT_TOKENS]
        return list(pack(claim, sentences, date=date_ids, context=title))

    def _calibrated(self, logits: NDArray[np.float32], head: str) -> NDArray[np.float32]:
        c = self.calibration
        temperature, bias = (
            (c.passage_temperature, c.passage_bias) if head == "passage" else (c.sentence_temperature, c.sentence_bias)
        )
        scaled = logits / temperature + np.asarray(bias, np.float32)
        exponents = np.exp(scaled - scaled.max())
        result: NDArray[np.float32] = exponents / exponents.sum()
        return result
