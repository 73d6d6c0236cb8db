"""Suite ``extraction``: how well claims are found in articles, and whether what is found stands alone.

``evals/spans.py`` says what is counted. Beside that the verifier judges the texts of the pairs, in both directions:
*says no less* is the share of found texts that, as evidence, support the annotated text; *says no more* that of found
texts that the annotated text and the claim's sentence support. The verifier errs itself: next to these stand the same
shares for the bare quote (nothing restated) and for the annotated text itself (nothing to gain).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from claimcheck.extract.local import LocalExtractor
from claimcheck.extract.mentions import find_mentions
from claimcheck.models import load_embedder, load_verifier
from claimcheck.models.verifier import Question
from claimcheck.text.quantities import find_quantities
from claimcheck.text.sentences import split_sentences
from claimcheck.types import Claim, Document, Relation, Span
from evals.article_sets import checkworthy, marked_articles
from evals.metrics import ratio
from evals.parts import CORE, Measured, Part, Plan
from evals.progress import Watch
from evals.sets import CASES, Missing, sha256_of
from evals.shipped import as_shipped
from evals.significance import bootstrapped
from evals.spans import count, pairs
from training.articles import FOLDER, Article, read_articles

NAME: Final = "extraction"
CODE: Final = (
    *CORE,
    "claimcheck/extract",
    "training/articles.py",
    *(f"evals/{name}.py" for name in ("article_sets", "extraction", "metrics", "significance", "spans")),
)
FIGURES: Final[dict[str, Callable[[Counter[str]], float]]] = {
    "sentence_precision": lambda c: ratio(
        c["claim_sentences_reached"], c["claim_sentences_reached"] + c["other_sentences_reached"]
    ),
    "sentence_recall": lambda c: ratio(c["claim_sentences_reached"], c["claim_sentences"]),
    "let_through": lambda c: ratio(c["other_sentences_reached"], c["other_sentences"]),
    "claim_precision": lambda c: ratio(c["paired"], c["found"]),
    "claim_recall": lambda c: ratio(c["paired"], c["annotated"]),
    "claim_f1": lambda c: ratio(2 * c["paired"], c["found"] + c["annotated"]),
    "claim_f1_strict": lambda c: ratio(2 * c["paired_strictly"], c["found"] + c["annotated"]),
    "covered": lambda c: ratio(c["covered"], c["annotated"]),
    "speaker": lambda c: ratio(c["speaker"], c["attributed"]),
    "speaker_too_many": lambda c: ratio(c["speaker_too_many"], c["unattributed"]),
    "kind": lambda c: ratio(c["kind"], c["paired"]),
    "named": lambda c: ratio(c["named"], c["pointing"]),
    "other_name": lambda c: ratio(c["other_name"], c["restated"]),
}
"""Each figure of the counts of some articles."""

OF_SENTENCES: Final = tuple(FIGURES)[:3]
OF_SPANS: Final = tuple(FIGURES)[:8]
Extract = Callable[[Article], Sequence[Claim]]


@dataclass(frozen=True)
class Annotated:
    """Articles with what is a claim in them; ``spoken`` says whether speakers and kinds are annotated too."""

    name: str
    articles: tuple[Article, ...]
    sha256: str
    spoken: bool = False


def parts(plan: Plan) -> Iterator[Part | Missing]:
    """The suite on each of its sets."""
    files = sorted(FOLDER.glob("*.jsonl.gz"))
    measuring = tuple(article for article in read_articles() if article.only_measures)
    yield part(Annotated("articles", measuring, sha256_of(files), spoken=True), plan)
    for name, path, read in (
        ("cases", CASES / "articles.jsonl", marked_articles),
        ("gold-dev", plan.data / "gold-dev" / "articles.jsonl", marked_articles),
        ("checkworthy", plan.data / "measure" / "checkworthy-sentence.jsonl.gz", checkworthy),
    ):
        if path.is_file():
            yield part(Annotated(name, tuple(read(path)), sha256_of([path])), plan)
        else:
            yield Missing(name, path)


def part(found: Annotated, plan: Plan) -> Part:
    """The suite on one set."""
    inputs = plan.needs(*CODE, set=found.sha256)
    return Part(NAME, found.name, inputs, lambda watch: measure(found, watch))


def measure(found: Annotated, watch: Watch) -> Measured:
    """The claims found in each article, and what the baselines find."""
    extractor = LocalExtractor(load_embedder(as_shipped()))
    claims: dict[str, Sequence[Claim]] = {}
    for number, article in enumerate(found.articles, 1):
        claims[article.id] = extractor.extract(Document(id=article.id, text=article.text))[0]
        watch.at(number, len(found.articles))
    counts = [count(article, claims[article.id]) for article in found.articles]
    others = {
        name: [count(article, extract(article)) for article in found.articles] for name, extract in BASELINES.items()
    }
    by_span = OF_SPANS if any(c["annotated"] for c in counts) else OF_SENTENCES
    kept = tuple(FIGURES) if found.spoken else by_span
    return {
        "articles": len(found.articles),
        "claims": sum(c["annotated"] for c in counts),
        "figures": figures(counts, kept),
        "by_language": by_language(found.articles, counts),
        "baselines": {
            name: figures(of, by_span) | {"by_language": by_language(found.articles, of)} for name, of in others.items()
        },
        "restated": standing(found.articles, claims),
        "items": [item for article in found.articles for item in items(article, claims[article.id])],
    }


def figures(counts: Sequence[Counter[str]], names: Sequence[str]) -> dict[str, Any]:
    """Figures with their intervals, for which whole articles are drawn."""
    keys = sorted({key for c in counts for key in c})
    table = np.array([[c[key] for key in keys] for c in counts], np.int64).reshape(len(counts), len(keys))

    def of(name: str) -> Any:
        def statistic(rows: Any) -> float:
            return FIGURES[name](Counter(dict(zip(keys, table[rows].sum(axis=0).tolist(), strict=True))))

        return bootstrapped(len(counts), statistic).as_json()

    return {name: of(name) for name in names}


def by_language(articles: Sequence[Article], counts: Sequence[Counter[str]]) -> dict[str, Any]:
    """The figures of the articles of each language."""
    groups: dict[str, Counter[str]] = defaultdict(Counter)
    for article, found in zip(articles, counts, strict=True):
        groups[article.lang].update(found)
    return {
        lang: {"articles": c["articles"], "claims": c["annotated"]} | {name: FIGURES[name](c) for name in FIGURES}
        for lang, c in sorted(groups.items())
    }


def every_sentence(article: Article) -> list[Claim]:
    """Each sentence taken for a claim."""
    spans = split_sentences(article.text, article.lang)
    return [_claim(article, number, span) for number, span in enumerate(spans)]


def telling_sentences(article: Article) -> list[Claim]:
    """Each sentence with a number or a name taken for a claim."""
    names = find_mentions(article.text, article.lang)

    def tells(span: Span) -> bool:
        numbers = find_quantities(span.of(article.text), article.lang)
        return bool(numbers) or any(span.overlaps(mention.span) for mention in names)

    return [claim for claim in every_sentence(article) if tells(claim.span)]


def _claim(article: Article, number: int, span: Span) -> Claim:
    quote = span.of(article.text)
    return Claim(id=f"c{number}", span=span, quote=quote, text=quote, lang=article.lang)


BASELINES: Final[dict[str, Extract]] = {"every sentence": every_sentence, "numbers and names": telling_sentences}


def standing(articles: Sequence[Article], claims: dict[str, Sequence[Claim]]) -> dict[str, Any]:
    """Whether found texts say what the annotated ones say, no less and no more, as the verifier judges it."""
    texts: list[tuple[str, str, str, str]] = []  # found, bare quote, annotated, sentence
    for article in articles:
        annotated = [claim for sentence in article.sentences for claim in sentence.claims]
        for claim, gold in pairs(claims[article.id], annotated):
            sentence = next(s.span.of(article.text) for s in article.sentences if gold in s.claims)
            texts.append((claim.text, claim.quote, gold.text, sentence))
    no_less = {
        "found text": [Question(gold, (found,)) for found, _, gold, _ in texts],
        "bare quote": [Question(gold, (quote,)) for _, quote, gold, _ in texts],
        "annotated text": [Question(gold, (gold,)) for _, _, gold, _ in texts],
    }
    no_more = {
        "found text": [Question(found, (gold, sentence)) for found, _, gold, sentence in texts],
        "bare quote": [Question(quote, (gold, sentence)) for _, quote, gold, sentence in texts],
        "annotated text": [Question(gold, (gold, sentence)) for _, _, gold, sentence in texts],
    }
    model = load_verifier(as_shipped())
    supports = model.calibration.relations.index(Relation.SUPPORTS)

    def share(questions: Sequence[Question]) -> dict[str, float]:
        hits = np.array([r.passage.argmax() == supports for r in model.judge(questions)], np.float64)
        return bootstrapped(len(hits), lambda rows: float(hits[rows].mean())).as_json()

    return {name: {"no_less": share(no_less[name]), "no_more": share(no_more[name])} for name in no_less}


def items(article: Article, claims: Sequence[Claim]) -> Iterator[dict[str, Any]]:
    """Each annotated claim, and whether it was found; each other sentence, and whether it was taken for what it is."""
    annotated = [claim for sentence in article.sentences for claim in sentence.claims]
    found = {id(gold) for _, gold in pairs(claims, annotated)}
    for number, gold in enumerate(annotated, 1):
        yield {"id": f"{article.id} claim {number}", "claim": gold.text, "right": id(gold) in found}
    for number, sentence in enumerate(article.sentences, 1):
        if not sentence.claims:
            reached = any(claim.span.overlaps(sentence.span) for claim in claims)
            text = sentence.span.of(article.text)
            yield {"id": f"{article.id} sentence {number}", "claim": text, "right": reached == sentence.has_claim}
