"""Suite ``claims``: from a claim and a library to label, basis and citations, as the product checks it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

import numpy as np

from evals import baselines, unchanged
from evals.baselines import Asked, Scorer
from evals.judging import EVERYTHING, LABELS, Item, items_of, judge, unwarranted
from evals.parts import CORE, PILOT, Measured, Part, Plan, pilot
from evals.perfect import perfect_verifier
from evals.progress import Watch
from evals.sets import ClaimSet, Missing, as_documents, cases, dev_items, gold_dev
from evals.verdicts import figures, of_labels

NAME: Final = "claims"
CODE: Final = (
    *CORE,
    "claimcheck/extract",
    *(
        f"evals/{name}.py"
        for name in ("baselines", "claims", "judging", "metrics", "perfect", "significance", "verdicts")
    ),
)


def parts(plan: Plan) -> Iterator[Part | Missing]:
    """The suite on each of its sets."""
    for found in (cases(), gold_dev(plan.data)):
        yield found if isinstance(found, Missing) else part(found, plan)


def part(found: ClaimSet, plan: Plan) -> Part:
    """The suite on one set."""
    inputs = plan.needs(*CODE, set=found.sha256)
    return Part(NAME, found.name, inputs, lambda watch: measure(found, plan, watch))


def measure(found: ClaimSet, plan: Plan, watch: Watch) -> Measured:
    """Verdicts on every claim, with the shipped verifier and with a perfect one, and the baselines beside them."""
    items = items_of(judge(found, watch), found)
    with perfect_verifier() as verifier:
        ideal = items_of(judge(found, watch, asking=verifier.asked, passages=EVERYTHING), found)
    return {
        "figures": figures(items),
        "perfect": figures(ideal),
        "baselines": of_baselines(found, plan, items),
        "not_checkable": unwarranted(found),
        "items": items,
        "perfect_items": ideal,
    }


def of_baselines(found: ClaimSet, plan: Plan, items: Sequence[Item]) -> dict[str, Any]:
    """The figures of each baseline on the labels of a set; without the backbone, those that are known."""
    claims = [claim for claim in found.claims if claim.checkable]
    wanted = np.array([LABELS.index(str(claim.label)) for claim in claims], np.int64)
    given = {
        "majority": baselines.most_frequent(wanted),
        "shared words": _by_score(found, baselines.shared_words),
    }
    if plan.backbone is not None:
        given[unchanged.BASELINE] = _by_score(found, baselines.nearness(plan.backbone))
    by_id = {item["id"]: item for item in items}
    ordered = [by_id[claim.id] for claim in claims]
    taken = {name: of_labels(wanted, labels, ordered) for name, labels in given.items()}
    return taken | plan.backbone_figures(f"{NAME}/{found.name}", found.sha256) | _pilot(found.name)


def _pilot(name: str) -> dict[str, Any]:
    published = pilot()["end_to_end"]
    figures = {key: float(value) for key, value in published.items() if key not in ("set", "claims")}
    return {"pilot": {**figures, "source": PILOT}} if published["set"] == name else {}


def _by_score(found: ClaimSet, scorer: Scorer) -> Any:
    table = baselines.label_table(scorer, dev_items(), LABELS)
    return table.classes_of(scorer(_asked(found)))


def _asked(found: ClaimSet) -> list[Asked]:
    """Each checkable claim with the passages of its topic, in the order of the set."""
    from claimcheck.library.passages import split_passages

    asked: list[Asked] = []
    for topic in found.topics:
        passages = [p.text for document in as_documents(topic) for p in split_passages(document)]
        asked += [(claim.claim, passages) for claim in topic.claims if claim.checkable]
    return asked
