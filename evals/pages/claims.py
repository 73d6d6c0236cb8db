"""The section on verdicts."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Final

from evals.pages import plots
from evals.pages.tables import Plot, Section, Table, baseline_rows, count, row, shown, sources
from evals.parts import Measured
from evals.sets import CASES

_LABELS: Final = ("macro_f1", "label", "basis", "precision_of_proven", "recall_of_proven", "contradicted_recall")
_SURE: Final = ("answered", "errors_answered", "area_under_errors", "calibration_error")
_CITED: Final = ("document_precision", "document_recall", "sentence_precision", "sentence_recall", "verbatim")
_GROUPS: Final = {
    "languages": "the language of the evidence",
    "language pair": "language of the claim and of its evidence",
    "topic": "topic",
    "basis": "basis",
    "rule": "rule",
    "trap": "trap",
}
_RULE: Final = re.compile(r"^\| (\w{1,3}) \| (.+?) \| (.+?) \|$", re.MULTILINE)


def section(results: Sequence[Measured]) -> Section:
    """Verdicts on every set."""
    tables = [table for result in results for table in _tables(result)]
    drawn = [
        Plot(f"confusion-{r['set']}", f"What was wanted and given, {r['set']}", partial(plots.confusion, r))
        for r in results
    ]
    for name, caption, draw in (
        ("calibration", "Confidence, and the share of verdicts with the right label", plots.calibration),
        ("proven", "Precision of `proven` against the share of the provable that it reaches", plots.proven),
        ("answering-less", "The share of wrong labels among the surest verdicts", plots.answering_less),
    ):
        drawn.append(Plot(name, caption, partial(draw, results)))
    return Section(
        "Verdicts",
        (
            "From a claim and a library to label, basis and citations, as `claimcheck claim` does it. Each claim is "
            "checked against a library of its own topic's documents. *cases* are the project's own, one or more for "
            "each rule of the policy; *gold-dev* is a development set that stays out of the project.",
            "*Perfect verifier* is the whole pipeline with every cited sentence judged as its set has it: what is "
            "wrong there is the policy's doing, or that of the rules that compare numbers, dates, names and stages. "
            "*Majority* always gives the most frequent label; *shared words* and *unchanged e5* go by the best score "
            "of the claim with one of its topic's passages, cut where written pairs that are not measured suggest.",
            *sources(results),
        ),
        tuple(tables),
        tuple(drawn),
        tuple(line for result in results for line in _headline(result)),
    )


def _headline(result: Measured) -> list[tuple[str, str, str]]:
    overall, on = result["figures"]["overall"], result["set"]
    return [
        ("label, macro-F1", on, shown(overall["macro_f1"])),
        ("precision of `proven`", on, shown(overall["precision_of_proven"])),
        ("quotes that are verbatim", on, f"{overall['verbatim']['value']:.0%} of {count(overall['verbatim']['n'])}"),
    ]


def _tables(result: Measured) -> list[Table]:
    name, figures = result["set"], result["figures"]
    overall, perfect = figures["overall"], result["perfect"]["overall"]
    rows = [row("claimcheck", overall, _LABELS), row("perfect verifier", perfect, _LABELS)]
    rows += baseline_rows(result["baselines"], _LABELS)
    head = (
        "",
        "macro-F1",
        "label right",
        "basis right",
        "precision of proven",
        "recall of proven",
        "contradicted found",
    )
    made = [
        Table(f"Labels on {name}, {count(figures['claims'])} claims", head, tuple(rows)),
        _each_label(result),
        Table(
            f"How sure, on {name}",
            ("", "answered", "wrong among these", "mean error over all shares", "calibration error"),
            (row("claimcheck", overall, _SURE), row("perfect verifier", perfect, _SURE)),
            "*Answered* is the share of verdicts that are not marked `unsure`. The mean error over all shares answered "
            "is the area under the curve below; for a confidence that says nothing it is the share of all that is "
            "wrong.",
        ),
        Table(
            f"Citations on {name}",
            ("", "documents: precision", "recall", "sentences: precision", "recall", "verbatim"),
            (row("claimcheck", overall, _CITED), row("perfect verifier", perfect, _CITED)),
            "A cited sentence is right if the set cites it, too; other sentences may say the same.",
        ),
    ]
    made += [table for key, what in _GROUPS.items() for table in _groups(result, key, what)]
    if figures["flags"]:
        made.append(_flags(result))
    if result["not_checkable"]:
        made.append(_not_checkable(result))
    return made


def _each_label(result: Measured) -> Table:
    beside = _measured_baselines(result)
    rows = tuple(
        (
            label,
            count(f["wanted"]),
            count(f["given"]),
            *(shown(f[k]) for k in ("precision", "recall", "f1")),
            *(shown(found["labels"][label]) for found in beside.values()),
        )
        for label, f in result["figures"]["labels"].items()
    )
    head = ("label", "wanted", "given", "precision", "recall", "F1", *(f"F1, {name}" for name in beside))
    return Table(f"Each label on {result['set']}", head, rows)


def _measured_baselines(result: Measured) -> dict[str, Measured]:
    """The baselines of which more is known than a published figure, by the name that they have in a head."""
    found: Measured = result["baselines"]
    return {f"{name} *" if "source" in f else name: f for name, f in found.items() if "by" in f}


def _groups(result: Measured, key: str, what: str) -> list[Table]:
    ours, perfect = result["figures"]["by"][key], result["perfect"]["by"][key]
    if not ours:
        return []
    beside = _measured_baselines(result)
    meanings = rules() if key == "rule" else {}
    rows = tuple(
        (
            f"{group}: {meanings[group]}" if group in meanings else group,
            count(found["claims"]),
            shown(found["label"]),
            shown(found["basis"]),
            shown(perfect[group]["label"]["value"]),
            *(shown(f["by"][key].get(group)) for f in beside.values()),
        )
        for group, found in ours.items()
    )
    head = (what, "claims", "label right", "basis right", "label, perfect verifier", *(f"label, {n}" for n in beside))
    return [Table(f"By {what}, {result['set']}", head, rows)]


def _flags(result: Measured) -> Table:
    ours, perfect = result["figures"]["flags"], result["perfect"]["flags"]
    rows = tuple(
        (flag, count(wanted), count(raised), count(perfect[flag][0])) for flag, (raised, wanted) in ours.items()
    )
    return Table(f"Flags on {result['set']}", ("flag", "wanted", "raised", "raised, perfect verifier"), rows)


def _not_checkable(result: Measured) -> Table:
    found: Mapping[str, int] = result["not_checkable"]
    let = sum(number > 0 for number in found.values())
    rows = (
        ("claimcheck", count(len(found)), count(let)),
        ("everything is a claim", count(len(found)), count(len(found))),
    )
    return Table(f"Not checkable, {result['set']}", ("", "texts without a claim", "taken for a claim"), rows)


def rules() -> dict[str, str]:
    """What the codes of the rules stand for, from the page beside the cases."""
    text = (CASES / "README.md").read_text(encoding="utf-8") if (CASES / "README.md").is_file() else ""
    return {code: f"{what}: {result}" for code, what, result in _RULE.findall(text) if code != "code"}
