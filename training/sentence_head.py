"""Trains the heads of the local extraction on the annotated articles, and writes them as one small file.

python -m training.sentence_head            # cross-validate, then train on all but the measuring tenth and write
python -m training.sentence_head --dry-run  # cross-validate only
python -m training.sentence_head --quick    # train and write only, as after a change of the encoder

It reads the states of the shipped encoder as they are at run time, so it must run again whenever the encoder changes.
"""

from __future__ import annotations

import argparse
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from claimcheck.extract.candidates import FIRST, LAST, POOLED, RUN_SHAPE, RUN_STATES, find_candidates
from claimcheck.extract.clauses import choose_runs, strongest_run
from claimcheck.extract.heads import CLAIM_TYPES, HEADS_FILE, SENTENCE_TYPES, Heads, sentence_features
from claimcheck.extract.pieces import clause_openers
from claimcheck.extract.reading import Reading, read_sentences
from claimcheck.extract.shapes import sentence_shape
from claimcheck.models import load_embedder
from claimcheck.settings import load_settings
from claimcheck.types import Span
from training.articles import FOLDER, AnnotatedClaim, Article, read_articles

Array = NDArray[np.float32]

NETWORKS, HIDDEN, EPOCHS, BATCH = 3, 48, 8, 256
RATE, DECAY, DROPOUT, SHAPE_DROPOUT = 2e-3, 0.3, 0.4, 0.1
SENTENCE_C, SUBJECT_C = 0.01, 0.003
FOLDS = 5
CLAIM_FROM, RUN_FROM, SUBJECT_FROM = 0.4, 0.4, 0.6


@dataclass(frozen=True)
class ReadArticle:
    """An article with its readings, and what the annotation says of each."""

    article: Article
    readings: tuple[Reading, ...]
    types: tuple[str, ...]
    claims: tuple[tuple[AnnotatedClaim, ...], ...]

    @property
    def fold(self) -> int:
        """Its part in cross-validation."""
        return int.from_bytes(hashlib.sha256(b"fold " + self.article.id.encode()).digest(), "big") % FOLDS


def shared(one: Span, other: Span) -> int:
    """Characters that two spans share."""
    return max(0, min(one.end, other.end) - max(one.start, other.start))


def fit_of(one: Span, other: Span) -> float:
    """Intersection over union of two spans."""
    return shared(one, other) / max(1, max(one.end, other.end) - min(one.start, other.start))


def read(article: Article, readings: tuple[Reading, ...]) -> ReadArticle:
    """Gives each sentence that the splitter found the type and claims of the annotated ones that it covers."""
    types, claims = [], []
    every = [claim for sentence in article.sentences for claim in sentence.claims]
    for reading in readings:
        nearest = max(article.sentences, key=lambda s: shared(s.span, reading.sentence))
        types.append(nearest.type)
        claims.append(tuple(c for c in every if 2 * shared(c.span, reading.sentence) > c.span.end - c.span.start))
    return ReadArticle(article, readings, tuple(types), tuple(claims))


def principal(vectors: Array, width: int) -> Array:
    """Directions of most variance, ``(width of a vector, width)``, scaled so that projections vary by about 1."""
    thinned = vectors[:: max(1, len(vectors) // 60_000)].astype(np.float64)
    centred = thinned - thinned.mean(axis=0)
    _, directions = np.linalg.eigh(np.cov(centred.T))
    chosen = directions[:, ::-1][:, :width]
    return (chosen / (centred @ chosen).std()).astype(np.float32)


def edge_states(reading: Reading) -> tuple[Array, Array]:
    """States of the first and the last token of each piece."""
    last = len(reading.states) - 1
    begin = np.array([np.searchsorted(reading.offsets[:, 1], p.start, side="right") for p in reading.pieces], np.int64)
    end = np.array([np.searchsorted(reading.offsets[:, 0], p.end, side="left") - 1 for p in reading.pieces], np.int64)
    return reading.states[np.minimum(begin, last)], reading.states[np.maximum(end, 0)]


def standardised(features: Array) -> tuple[Array, Array, Array]:
    """Features with mean 0 and deviation 1, the mean, and the deviation."""
    mean, deviation = features.mean(axis=0), features.std(axis=0) + 1e-4
    return ((features - mean) / deviation).astype(np.float32), mean, deviation


def folded(weights: Array, bias: Array, mean: Array, deviation: Array) -> Array:
    """Weights ``(inputs + 1, outputs)`` for features that are not standardised; the last row is the bias."""
    scaled = weights / deviation[:, None]
    return np.concatenate([scaled, (bias - mean @ scaled)[None]]).astype(np.float32)


def logistic(features: Array, labels: Sequence[object], strength: float) -> tuple[LogisticRegression, Array]:
    """A fitted logistic regression and its folded weights."""
    inputs, mean, deviation = standardised(features)
    model = LogisticRegression(C=strength, max_iter=400).fit(inputs, np.asarray(labels))
    return model, folded(model.coef_.T, model.intercept_, mean, deviation)


class RunNetwork(torch.nn.Module):
    """One hidden layer over states and shape, and a direct way for the shape."""

    def __init__(self) -> None:
        super().__init__()
        self.states = torch.nn.Linear(RUN_STATES, HIDDEN)
        self.shape = torch.nn.Linear(RUN_SHAPE, HIDDEN)
        self.output = torch.nn.Linear(HIDDEN, 1)
        self.direct = torch.nn.Linear(RUN_SHAPE, 1)

    def forward(self, states: torch.Tensor, shape: torch.Tensor) -> torch.Tensor:
        """Logits ``(candidates,)``."""
        drop = torch.nn.functional.dropout
        shape = drop(shape, SHAPE_DROPOUT, self.training)
        hidden = self.states(drop(states, DROPOUT, self.training)) + self.shape(shape)
        hidden = drop(torch.nn.functional.gelu(hidden, approximate="tanh"), DROPOUT, self.training)
        return (self.output(hidden) + self.direct(shape))[:, 0]


def train_network(states: torch.Tensor, shape: torch.Tensor, target: torch.Tensor, seed: int) -> RunNetwork:
    """One network, trained on soft targets from 0 to 1."""
    torch.manual_seed(seed)
    network = RunNetwork()
    optimiser = torch.optim.AdamW(network.parameters(), lr=RATE, weight_decay=DECAY)
    steps = EPOCHS * -(-len(target) // BATCH)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, RATE, total_steps=steps)
    for _ in range(EPOCHS):
        for chosen in torch.randperm(len(target)).split(BATCH):
            logits = network(states[chosen], shape[chosen])
            loss = torch.nn.functional.binary_cross_entropy_with_logits(logits, target[chosen])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
    return network.eval()


def lacks_subject(quote: str, text: str, lang: str) -> bool:
    """Whether the restated claim puts words before what its quote begins with."""
    words, restated = quote.lower().split(), text.lower().split()
    while words and words[0].strip(",") in clause_openers(lang):
        words = words[1:]
    return bool(words) and words[0] not in restated[:2] and words[0] in restated


def train_heads(articles: Sequence[ReadArticle], encoder: str) -> Heads:
    """All heads, trained on ``articles``."""
    readings = [r for a in articles for r in a.readings if r.pieces and len(r.states)]
    tokens = np.concatenate([r.states for r in readings])
    edges = [edge_states(r) for r in readings]
    projection = np.concatenate(
        [
            principal(tokens, POOLED),
            principal(np.concatenate([first for first, _ in edges]), FIRST),
            principal(np.concatenate([last for _, last in edges]), LAST),
        ],
        axis=1,
    )
    middle = tokens.mean(axis=0)
    states, shapes, targets, lacking = [], [], [], []
    for a in articles:
        for reading, claims in zip(a.readings, a.claims, strict=True):
            found = find_candidates(a.article.text, reading, a.article.lang, (reading.states - middle) @ projection)
            states.append(found.states)
            shapes.append(found.shape)
            for first, last in zip(found.first, found.last, strict=True):
                run = Span(start=reading.pieces[first].start, end=reading.pieces[last].end)
                best = max(claims, key=lambda c: fit_of(c.span, run), default=None)
                fit = fit_of(best.span, run) if best else 0.0
                targets.append(min(1.0, max(0.0, (fit - 0.4) / 0.4)))
                whole = best is not None and fit >= 0.7
                quote = run.of(a.article.text)
                lacking.append(lacks_subject(quote, best.text, a.article.lang) if best and whole else None)
    state_array, shape_array = np.concatenate(states), np.concatenate(shapes)
    state_in, state_mean, state_deviation = standardised(state_array)
    shape_in, shape_mean, shape_deviation = standardised(shape_array)
    mean, deviation = np.concatenate([state_mean, shape_mean]), np.concatenate([state_deviation, shape_deviation])
    hidden, output = [], []
    for seed in range(NETWORKS):
        network = train_network(
            torch.tensor(state_in), torch.tensor(shape_in), torch.tensor(targets, dtype=torch.float32), seed
        )
        w = {name: value.detach().numpy() for name, value in network.named_parameters()}
        inner = np.concatenate([w["states.weight"].T, w["shape.weight"].T])
        hidden.append(folded(inner, w["states.bias"] + w["shape.bias"], mean, deviation))
        direct = folded(w["direct.weight"].T, w["direct.bias"] + w["output.bias"], shape_mean, shape_deviation)
        output.append(np.concatenate([w["output.weight"][0], direct[:, 0]]))
    known = [i for i, value in enumerate(lacking) if value is not None]
    _, subject = logistic(
        np.concatenate([state_array, shape_array], axis=1)[known], [lacking[i] for i in known], SUBJECT_C
    )
    in_articles = [sentence_features(a.readings) for a in articles]
    by_themselves = [sentence_features([alone(a.article, r)]) for a in articles for r in a.readings]
    kinds = [kind for a in articles for kind in a.types]
    model, sentence = logistic(np.concatenate(in_articles + by_themselves), kinds * 2, SENTENCE_C)
    order = [list(model.classes_).index(kind) for kind in SENTENCE_TYPES]
    return Heads(
        encoder=encoder,
        claim_from=CLAIM_FROM,
        run_from=RUN_FROM,
        subject_from=SUBJECT_FROM,
        sentence=sentence[:, order],
        middle=middle,
        projection=projection,
        hidden=np.stack(hidden),
        output=np.stack(output).astype(np.float32),
        subject=subject[:, 0],
    )


def alone(article: Article, reading: Reading) -> Reading:
    """The sentence as a whole draft, so that a draft of one sentence is nothing new."""
    return replace(reading, shape=sentence_shape(article.text, reading.sentence, (0, 1), article.lang))


def score(heads: Heads, articles: Sequence[ReadArticle]) -> NDArray[np.float64]:
    """Counts: claims matched, found, annotated; claim sentences kept, all; other sentences let through, all."""
    counts = np.zeros(7)
    for a in articles:
        shares = heads.sentence_types(a.readings)[:, :CLAIM_TYPES].sum(axis=1)
        for reading, kind, claims, share in zip(a.readings, a.types, a.claims, shares, strict=True):
            found = find_candidates(a.article.text, reading, a.article.lang, heads.project(reading.states))
            scores = heads.run_scores(found)
            chosen = choose_runs(found, scores, heads.run_from) or strongest_run(scores)
            chosen = chosen if share > heads.claim_from else ()
            spans = [
                Span(start=reading.pieces[found.first[i]].start, end=reading.pieces[found.last[i]].end) for i in chosen
            ]
            pairs = sorted(((fit_of(s, c.span), i, j) for i, s in enumerate(spans) for j, c in enumerate(claims)))[::-1]
            taken: set[tuple[str, int]] = set()
            for fit, i, j in pairs:
                if fit >= 0.5 and ("found", i) not in taken and ("claim", j) not in taken:
                    taken |= {("found", i), ("claim", j)}
            holds = kind in SENTENCE_TYPES[:CLAIM_TYPES]
            counts += [
                len(taken) // 2, len(spans), len(claims),
                holds and bool(spans), holds, not holds and bool(spans), not holds,
            ]  # fmt: skip
    return counts


def cross_validate(articles: Sequence[ReadArticle], encoder: str) -> None:
    """Prints how heads trained on the other folds do on each."""
    total = np.zeros(7)
    for fold in range(FOLDS):
        heads = train_heads([a for a in articles if a.fold != fold], encoder)
        counts = score(heads, [a for a in articles if a.fold == fold])
        total += counts
        print(f"fold {fold}: {described(counts)}", flush=True)
    print(f"all: {described(total)}")


def described(counts: NDArray[np.float64]) -> str:
    """The counts as shares."""
    matched, found, annotated, kept, claims, let, others = counts
    return (
        f"claims F1 {2 * matched / (found + annotated):.3f} at IoU 0.5 (found {found:.0f} of {annotated:.0f}), "
        f"claim sentences kept {kept / claims:.3f}, others let through {let / others:.3f}"
    )


def write(heads: Heads, path: Path) -> None:
    """Writes the heads, large arrays in half precision."""
    arrays = {name: getattr(heads, name) for name in ("claim_from", "run_from", "subject_from", "encoder")}
    arrays |= {name: getattr(heads, name).astype(np.float16) for name in ("projection", "hidden", "sentence")}
    arrays |= {name: getattr(heads, name).astype(np.float32) for name in ("middle", "output", "subject")}
    np.savez_compressed(path, **arrays)
    print(f"{path.name}: {path.stat().st_size:,} bytes, for {heads.encoder}")


def main() -> None:
    """Trains and writes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=FOLDER, help="folder of the annotated articles")
    parser.add_argument("--dry-run", action="store_true", help="cross-validate only")
    parser.add_argument("--quick", action="store_true", help="do not cross-validate")
    options = parser.parse_args()
    torch.set_num_threads(1)  # sums in one order: the same weights on every run
    encoder = load_embedder(load_settings())
    articles = [a for a in read_articles(options.data) if not a.only_measures]
    ready = [read(a, read_sentences(a.text, a.lang, encoder)) for a in articles]
    if not options.quick:
        cross_validate(ready, encoder.name)
    if not options.dry_run:
        write(train_heads(ready, encoder.name), HEADS_FILE)


if __name__ == "__main__":
    main()
