"""Step ``thresholds``: the policy's thresholds, from whole checks of the written dev items.

    python -m training.thresholds judge      # retrieves and judges each dev claim once; kept in training/work
    python -m training.thresholds fit [--limit 800] [--write] [--table training/work/thresholds.json]
    python -m training.thresholds check --after 800   # the claims that set nothing, under the thresholds that ship
    python -m training.thresholds cascade             # how many claims each `cascade_below` passes on, and what errors

Each claim of a dev item or dev world is looked up in a library of all written evidence but what only measures, so that
most of what it meets is evidence on something else, and judged as of the day of its item or world. ``fit`` then
decides every claim under many thresholds, takes those with the most correct labels among the ones under which
``proven`` is right at least 95 times in 100 (or most often, where that would leave less than a third of them proven),
and fits the confidence of a verdict by each rule to the share of such verdicts that were right. A verdict is unsure
where fewer than three in four were. ``check`` also decides each claim without the evidence that it was written for,
when nothing in the library settles it: any verdict but ``no_evidence`` is then one too many. ``--limit`` takes claims
of items and worlds alike.
"""

from __future__ import annotations

import argparse
import itertools
import json
import pickle
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from claimcheck.decide import Decision, Policy, decide
from claimcheck.decide.policy import log_odds
from claimcheck.library.library import Library
from claimcheck.models import load_embedder, load_verifier
from claimcheck.models.weights import CALIBRATION, FOLDER
from claimcheck.retrieve.hybrid import HybridRetriever
from claimcheck.settings import Settings
from claimcheck.types import Claim, ClaimKind, Document, Judgement, Label, Span
from claimcheck.verify.case import BEARS, bearing
from claimcheck.verify.claim_time import claim_deadline, claim_event_start, is_present_state
from claimcheck.verify.local import LocalVerifier
from training.dev_claims import Case, cases
from training.labels import WORK
from training.sources import written_pairs

Judged = tuple[Case, Claim, tuple[Judgement, ...], dict[str, Document]]
PROVEN_PRECISION, LEAST_FOUND = 0.95, 1 / 3
UNSURE_BELOW = 0.75
DEPARTURE_PENALTY = 2.0
_HARDLY, _NEWTON_STEPS = 0.01, 50


def _claim(case: Case, number: int) -> Claim:
    span = Span(start=0, end=len(case.claim))
    return Claim(id=f"c{number}", span=span, quote=case.claim, text=case.claim, kind=ClaimKind.FACT, lang=case.lang)


def judge(path: Path, limit: int | None) -> None:
    """Retrieves for and judges the dev claims, and keeps what was judged."""
    settings = Settings()
    pairs = list(written_pairs())
    dev = cases(pairs)[:limit]
    evidence = {p.group: p for p in pairs if p.split != "measure"}
    with tempfile.TemporaryDirectory() as folder:
        notes = Path(folder) / "items.jsonl"
        rows = [{"id": g, "text": " ".join(p.sentences), "lang": p.evidence_lang, "published": p.date or None}
                for g, p in evidence.items()]  # fmt: skip
        notes.write_text("".join(json.dumps(r) + "\n" for r in rows), encoding="utf-8")
        judged: list[Judged] = []
        with Library.open(Path(folder) / "library", load_embedder(settings), create=True) as library:
            for _ in library.add([notes], settings):
                pass
            retriever = HybridRetriever(library, library.embedder, settings)
            model = load_verifier(settings)
            claims = [_claim(case, n) for n, case in enumerate(dev)]
            found = 0
            for case, claim, passages in zip(dev, claims, retriever.retrieve_many(claims), strict=True):
                documents = {f.passage.document: library.document(f.passage.document) for f in passages}
                found += case.family in {_family(name) for name in documents}
                judgements = LocalVerifier(model, case.day).judge(claim, passages, documents)
                bare = {k: v.model_copy(update={"anchors": ()}) for k, v in documents.items()}
                judged.append((case, claim, judgements, bare))
                if len(judged) % 100 == 0:
                    print(
                        f"{len(judged):,} of {len(dev):,} judged; own evidence retrieved for {found / len(judged):.3f}",
                        flush=True,
                    )
    path.write_bytes(pickle.dumps(judged))


def _family(document: str) -> str:
    return document.partition("/")[0]


def times(judged: list[Judged]) -> list[dict[str, Any]]:
    """What time each claim is bound to, as ``decide`` takes it."""
    return [
        {
            "as_of": case.day,
            "claim_deadline": claim_deadline(claim.text, claim.lang, case.day),
            "event_start": claim_event_start(claim.text, claim.lang, case.day),
            "present_state": is_present_state(claim.text, claim.lang, case.day),
        }
        for case, claim, _, _ in judged
    ]


def decided(judged: list[Judged], bound: list[dict[str, Any]], policy: Policy) -> list[Decision]:
    """The decision on each claim."""
    return [
        decide(claim, judgements, documents, policy=policy, **when)
        for (_, claim, judgements, documents), when in zip(judged, bound, strict=True)
    ]


def figures(judged: list[Judged], decisions: list[Decision]) -> dict[str, float]:
    """Shares of right labels and bases, and how ``proven`` fares."""
    wanted = [case for case, *_ in judged]
    right = [d.label is w.label for d, w in zip(decisions, wanted, strict=True)]
    proven = [r for d, r in zip(decisions, right, strict=True) if d.label is Label.PROVEN]
    return {
        "label": float(np.mean(right)),
        "basis": float(np.mean([d.basis is w.basis for d, w in zip(decisions, wanted, strict=True)])),
        "proven": len(proven) / len(decisions),
        "proven_precision": float(np.mean(proven)) if proven else 1.0,
        "proven_recall": sum(proven) / max(1, sum(w.label is Label.PROVEN for w in wanted)),
    }


def without_their_own(judged: list[Judged]) -> list[Judged]:
    """The claims judged by evidence on other things alone."""
    return [
        (case, claim, tuple(j for j in judgements if _family(j.document) != case.family), documents)
        for case, claim, judgements, documents in judged
    ]


def check(judged: list[Judged]) -> None:
    """Prints how claims fare under the thresholds that ship, with and without evidence on them."""
    policy = Policy.from_calibration(json.loads((FOLDER / CALIBRATION).read_text(encoding="utf-8"))["thresholds"])
    bound = times(judged)
    decisions = decided(judged, bound, policy)
    sureness = selective(*outcomes(judged, decisions), policy.unsure_below)
    print(len(judged), {k: round(v, 3) for k, v in (figures(judged, decisions) | sureness).items()})
    given = Counter(f"{d.label.value}/{d.basis.value}" for d in decided(without_their_own(judged), bound, policy))
    print("without evidence", {name: round(count / len(judged), 3) for name, count in given.most_common()})


def cascade(judged: list[Judged]) -> None:
    """Prints what share of claims, and of wrong labels, the cascade passes on under each threshold."""
    policy = Policy.from_calibration(json.loads((FOLDER / CALIBRATION).read_text(encoding="utf-8"))["thresholds"])
    confidence, right = outcomes(judged, decided(judged, times(judged), policy))
    bare = np.array([all(bearing(j) < BEARS for j in judgements) for _, _, judgements, _ in judged])
    for below in (0.58, 0.6, 0.63, 0.65, 0.7, 0.75):
        passed = (confidence < below) | bare
        print(
            f"{below:.2f}: {passed.mean():.2f} of {len(judged):,} claims, {passed[~right].mean():.2f} of wrong labels"
        )


def candidates() -> Iterator[Policy]:
    """The policies to choose from."""
    for settled, at, more, ratio in itertools.product(
        (0.45, 0.5), (0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9), (0.0, 0.05, 0.1), (0.3, 0.5)
    ):
        yield Policy(
            settled=settled, proven_at=at, proven_with_missing=round(min(1.0, at + more), 2), opposed_ratio=ratio
        )


def chosen(tried: list[tuple[Policy, dict[str, float]]]) -> tuple[Policy, dict[str, float]]:
    """The policy with the most correct labels among those whose ``proven`` is right often enough.

    Where none is that keeps a third of the proven claims proven, the one whose ``proven`` is right most often.
    """
    useful = [t for t in tried if t[1]["proven_recall"] >= LEAST_FOUND] or tried
    sure = [t for t in useful if t[1]["proven_precision"] >= PROVEN_PRECISION]
    if sure:
        return max(sure, key=lambda t: t[1]["label"])
    return max(useful, key=lambda t: (t[1]["proven_precision"], t[1]["label"]))


def outcomes(judged: list[Judged], decisions: list[Decision]) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Confidence of each decision, and whether its label is right."""
    right = [d.label is case.label for (case, *_), d in zip(judged, decisions, strict=True)]
    return np.array([d.confidence for d in decisions]), np.array(right)


def confidence_curves(
    confidence: NDArray[np.float64], right: NDArray[np.bool_], rules: Sequence[str]
) -> dict[str, list[float]]:
    """For each rule slope and intercept from the log-odds of its raw confidence to those that its label is right.

    Logistic regression (Platt 1999) of one line for all, ``other``, and of what each rule departs from it, which a
    penalty keeps small where a rule has few decisions.
    """
    odds = np.array([log_odds(c) for c in confidence])
    names = sorted(set(rules))
    member = np.array([[rule == name for name in names] for rule in rules], float)
    features = np.column_stack([odds, np.ones(len(odds)), member * odds[:, None], member])
    penalty = np.r_[np.full(2, _HARDLY), np.full(2 * len(names), DEPARTURE_PENALTY)]
    fitted = np.zeros(features.shape[1])
    for _ in range(_NEWTON_STEPS):
        likely = 1 / (1 + np.exp(-features @ fitted))
        gradient = features.T @ (likely - right) + penalty * fitted
        curvature = (features * (likely * (1 - likely))[:, None]).T @ features + np.diag(penalty)
        fitted -= np.linalg.solve(curvature, gradient)
    slope, intercept, departures = fitted[0], fitted[1], fitted[2:].reshape(2, -1)
    lines = {"other": (slope, intercept)} | {
        name: (slope + more, intercept + higher) for name, more, higher in zip(names, *departures, strict=True)
    }
    return {name: [round(max(0.0, float(x)), 3), round(float(y), 3)] for name, (x, y) in lines.items()}


def selective(confidence: NDArray[np.float64], right: NDArray[np.bool_], level: float) -> dict[str, float]:
    """Share of wrong labels of all, of the surer half, and of those not under the level; and the share of the last."""
    wrong = ~right
    order = np.argsort(-confidence, kind="stable")
    answered = confidence >= level
    return {
        "errors": float(wrong.mean()),
        "errors_at_half": float(wrong[order][: len(wrong) // 2].mean()),
        "answered": float(answered.mean()),
        "errors_answered": float(wrong[answered].mean()) if answered.any() else 0.0,
    }


def main() -> None:
    """Runs the step."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("step", choices=("judge", "fit", "check", "cascade"))
    parser.add_argument("--limit", type=int)
    parser.add_argument("--after", type=int, default=0, help="how many claims `check` passes over")
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--table", type=Path, help="JSON file for the figures that are printed")
    options = parser.parse_args()
    path = WORK / "judged.pickle"
    if options.step == "judge":
        judge(path, options.limit)
        return
    judged: list[Judged] = pickle.loads(path.read_bytes())
    if options.step == "check":
        check(judged[options.after :])
        return
    if options.step == "cascade":
        cascade(judged)
        return
    judged = judged[: options.limit]
    bound = times(judged)
    tried = [(policy, figures(judged, decided(judged, bound, policy))) for policy in candidates()]
    policy, found = chosen(tried)
    decisions = decided(judged, bound, policy)
    confidence, right = outcomes(judged, decisions)
    rules = [decision.rule for decision in decisions]
    curves = confidence_curves(confidence, right, rules)
    calibrated = policy.model_copy(update={"confidence_curves": curves}).calibrated
    confidence = np.array([calibrated(c, rule) for c, rule in zip(confidence, rules, strict=True)])
    sureness = selective(confidence, right, UNSURE_BELOW)
    names = ("settled", "proven_at", "proven_with_missing", "opposed_ratio")
    thresholds = {n: getattr(policy, n) for n in names} | {"unsure_below": UNSURE_BELOW, "confidence_curves": curves}
    print("loosest", {k: round(v, 3) for k, v in max(tried, key=lambda t: t[1]["label"])[1].items()})
    print(thresholds, {k: round(v, 3) for k, v in (found | sureness).items()})
    table = Counter(
        (case.basis.value, f"{d.label.value}/{d.basis.value}") for (case, *_), d in zip(judged, decisions, strict=True)
    )
    for (label, outcome), count in sorted(table.items()):
        print(f"{label:>12} -> {outcome:<28} {count}")
    if options.table:
        measured = {k: round(v, 4) for k, v in (found | sureness).items()}
        result = {"claims": len(judged), "thresholds": thresholds, "figures": measured}
        options.table.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    if options.write:
        file = FOLDER / CALIBRATION
        result = json.loads(file.read_text(encoding="utf-8")) | {"thresholds": thresholds}
        file.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
