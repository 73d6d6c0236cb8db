"""Step ``card``: writes docs/model-card.md from what the other steps measured.

    python -m training.card

Reads from ``training/work`` the manifest of the data, the tables of ``evaluate``, ``baselines``, ``calibrate`` and
``thresholds``, and the logs of ``contrastive`` and ``sentence_head``; from ``training`` the licences, the runs that
made the weights, and the floor; and the weights themselves. Of runs that are seldom repeated ``training/measured``
keeps what they said, which stands where the working folder has nothing newer. Nothing is filled in for what is missing.
"""

from __future__ import annotations

import argparse
import ast
import hashlib
import json
import tomllib
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from statistics import fmean
from typing import Any

import jinja2

from claimcheck.models.weights import CALIBRATION, EMBEDDING, FOLDER, RETRIEVER, TOKENIZER, VERIFIER
from training.articles import read_articles
from training.data import PERTURB_SEED
from training.labels import SPLITS, UNDECIDED_WEIGHT, WORK
from training.scores import Score, read_table
from training.thresholds import PROVEN_PRECISION

HERE = Path(__file__).parent
MEASURED = HERE / "measured"
CARD = HERE.parent / "docs" / "model-card.md"
TEMPLATE = "card.md.jinja"
AIM = 0.75
WEAKEST = 4
OTHERS = {"t1": "e5, five relations", "t2": "e5, two questions", "mpnet": "mpnet, English pairs", "t3": "gone on"}
"""Checkpoints beside the one that ships, by the ``NAME-table.json`` that ``evaluate`` wrote of them."""

BACKBONES = "backbones.json"
"""Summaries of those checkpoints, by their titles."""

MADE_BY = {
    "manifest.json": "python -m training.data",
    "evaluation.json": "python -m training.evaluate training/work/verifier.npz --most 400 --table training/work/evaluation.json",  # noqa: E501 - a command to copy
    "baselines.json": "python -m training.baselines training/work/verifier.npz --most 120 --table training/work/baselines.json",  # noqa: E501 - a command to copy
    "calibration.json": "python -m training.calibrate training/work/verifier-logits.npz --table training/work/calibration.json",  # noqa: E501 - a command to copy
    "thresholds.json": "python -m training.thresholds fit --table training/work/thresholds.json",
    "retriever.log": "python -m training.contrastive --out training/work/retriever.npz > training/work/retriever.log",
    "heads.log": "python -m training.sentence_head > training/work/heads.log",
}
"""What the card reads from the working folder, and the command that makes it."""


class CardError(Exception):
    """The card cannot be written; the message says what to do."""


def read_inputs(work: Path) -> dict[str, str]:
    """Text of every input by name.

    Raises:
        CardError: some are missing; names the commands that make them.
    """
    found = {
        name: path
        for name in MADE_BY
        for path in (MEASURED / name, work / name)  # the later of the two that is there
        if path.is_file()
    }
    missing = [f"  {command}" for name, command in MADE_BY.items() if name not in found]
    if missing:
        raise CardError("The card needs what these steps make; run them first:\n" + "\n".join(missing))
    return {name: path.read_text(encoding="utf-8") for name, path in found.items()}


def data_rows(manifest: dict[str, Any], licences: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """Counts by split with origin and licence, a row for each set of the manifest.

    Raises:
        CardError: a set has no licence entry, or trains though it may only measure.
    """
    counts = Counter[tuple[str, str]]()
    for row in manifest["pairs"]:
        if not row["made"]:
            counts[row["source"], row["split"]] += row["count"]
    names = sorted({source for source, _ in counts})
    if unknown := [name for name in names if name not in licences]:
        raise CardError(f"training/licences.toml says nothing of {', '.join(unknown)}.")
    if trained := [n for n in names if licences[n].get("only_measures") and (counts[n, "train"] or counts[n, "dev"])]:
        raise CardError(f"By their licence these sets may only measure, yet they train: {', '.join(trained)}.")
    return [
        {"set": name, "only_measures": False}
        | licences[name]
        | {split: f"{counts[name, split]:,}" if counts[name, split] else "-" for split in SPLITS}
        for name in names
    ]


def result_rows(scores: Sequence[Score], floor: dict[str, float]) -> list[dict[str, Any]]:
    """The measured sets, with the floor where there is one."""
    return [
        {
            "score": score,
            "by_relation": ", ".join(f"{name} {value:.2f}" for name, value in score.by_relation.items()),
            "ece": "-" if score.ece is None else f"{score.ece:.3f}",
            "floor": f"{floor[score.set]:.3f}" if score.set in floor else "-",
        }
        for score in scores
        if score.split == "measure"
    ]


def baseline_rows(table: dict[str, Any]) -> dict[str, Any]:
    """Names of the baselines, and the macro-F1 of each for every set."""
    scores = {name: {r["set"]: r["macro_f1"] for r in rows} for name, rows in table["baselines"].items()}
    sets = list(next(iter(scores.values())))
    return {
        "names": list(scores),
        "rows": [{"set": s, "scores": [f"{scores[n][s]:.3f}" for n in scores]} for s in sets],
    }


def summary(scores: Sequence[Score]) -> dict[str, Any]:
    """Of a checkpoint the macro-F1 of each measured set, means over them, and the relations of the project's worlds."""
    seen = [score for score in scores if score.split == "measure"]
    errors = [score.ece for score in seen if score.ece is not None]
    return {
        "macro_f1": {score.set: score.macro_f1 for score in seen},
        "mean": fmean(score.macro_f1 for score in seen),
        "balanced": fmean(score.balanced for score in seen),
        "ece": fmean(errors) if errors else None,
        "worlds": next((score.by_relation for score in seen if score.set == "worlds"), {}),
    }


def compared(work: Path) -> dict[str, dict[str, Any]]:
    """Summaries of the checkpoints beside the one that ships, by what they are called in the card."""
    kept: dict[str, dict[str, Any]] = {}
    if (MEASURED / BACKBONES).is_file():
        kept = json.loads((MEASURED / BACKBONES).read_text(encoding="utf-8"))
    tables = {title: work / f"{name}-table.json" for name, title in OTHERS.items()}
    new = {title: summary(read_table(path)[0]) for title, path in tables.items() if path.is_file()}
    return {title: (kept | new)[title] for title in OTHERS.values() if title in kept | new}


def backbone_rows(results: Sequence[dict[str, Any]], others: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """Macro-F1 on every measured set of the floor, of the other checkpoints, and of the one that ships."""

    def figure(other: dict[str, Any], name: str) -> str:
        return f"{other['macro_f1'][name]:.3f}" if name in other["macro_f1"] else "-"

    return [
        {
            "set": (name := row["score"].set),
            "scores": [
                row["floor"],
                *(figure(other, name) for other in others.values()),
                f"{row['score'].macro_f1:.3f}",
            ],
        }
        for row in results
    ]


def backbone_means(summaries: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """The means of each summary as the card words them."""
    return [
        {
            "name": name,
            "sets": len(one["macro_f1"]),
            "macro_f1": f"{one['mean']:.3f}",
            "balanced": f"{one['balanced']:.3f}",
            "ece": "-" if one["ece"] is None else f"{one['ece']:.3f}",
            "own": ", ".join(f"{relation} {value:.2f}" for relation, value in one["worlds"].items()) or "-",
        }
        for name, one in summaries.items()
    ]


def recalls(log: str) -> list[tuple[str, dict[str, float]]]:
    """Recall before and after training, from the retriever's log.

    Raises:
        CardError: the log does not hold both.
    """
    found = {
        word: ast.literal_eval(line.removeprefix(word).strip())
        for line in log.splitlines()
        for word in ("before", "after")
        if line.startswith(word + " {")
    }
    if set(found) != {"before", "after"}:
        raise CardError("retriever.log does not say the recall before and after; let the run end.")
    return [("unchanged backbone", found["before"]), ("retriever", found["after"])]


def heads_line(log: str) -> str:
    """How the heads that find claims did over all folds, from the log of their step.

    Raises:
        CardError: the log does not say it.
    """
    lines = [line.removeprefix("all: ") for line in log.splitlines() if line.startswith("all: ")]
    if not lines:
        raise CardError("heads.log has no line for all folds; let the step end.")
    return lines[-1]


def weight_files(folder: Path) -> list[dict[str, Any]]:
    """Name, size and hash of each file that ships."""
    paths = [folder / name for name in (EMBEDDING, TOKENIZER, RETRIEVER, VERIFIER, CALIBRATION)]
    return [
        {"name": p.name, "bytes": p.stat().st_size, "sha256": hashlib.sha256(p.read_bytes()).hexdigest()} for p in paths
    ]


def render(work: Path, weights: Path) -> str:
    """The card.

    Raises:
        CardError: an input is missing or incomplete.
    """
    inputs = read_inputs(work)
    manifest, baselines = json.loads(inputs["manifest.json"]), json.loads(inputs["baselines.json"])
    scores, pointing = read_table(work / "evaluation.json")
    shipped = json.loads((weights / CALIBRATION).read_text(encoding="utf-8"))
    licences, pilot, runs = (
        tomllib.loads((HERE / f"{name}.toml").read_text(encoding="utf-8")) for name in ("licences", "pilot", "runs")
    )
    others = compared(work)
    results = result_rows(scores, {row["set"]: row["macro_f1"] for row in pilot["sets"]})
    below = [row["score"].set for row in results if row["floor"] != "-" and row["score"].macro_f1 < float(row["floor"])]
    weakest = sorted(results, key=lambda row: row["score"].macro_f1)[:WEAKEST]
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(HERE),
        undefined=jinja2.StrictUndefined,
        autoescape=False,  # noqa: S701 - the card is Markdown
        keep_trailing_newline=True,
    )
    return environment.get_template(TEMPLATE).render(
        files=weight_files(weights),
        runs=runs["runs"],
        hours=sum(run["minutes"] for run in runs["runs"]) / 60,
        perturb_seed=PERTURB_SEED,
        data=data_rows(manifest, licences),
        dropped=sum(manifest["dropped"].values()),
        perturbed=sum(row["count"] for row in manifest["pairs"] if row["made"]),
        articles=len(read_articles()),
        checkpoint=pointing["checkpoint"],
        deciding_found=pointing["deciding_found"],
        deciding_of=pointing["deciding_of"],
        results=results,
        weakest=", ".join(f"{row['score'].set} ({row['score'].macro_f1:.2f})" for row in weakest),
        below=", ".join(below),
        undecided_weight=UNDECIDED_WEIGHT,
        aim=AIM,
        reached=", ".join(row["score"].set for row in results if row["score"].macro_f1 >= AIM),
        others=list(others),
        backbones=backbone_rows(results, others),
        backbone_means=backbone_means({**others, "what ships": summary(scores)}),
        most=baselines["most"],
        baselines=baseline_rows(baselines),
        calibration=[
            {"name": name, "temperature": shipped[f"{name}_temperature"]} | figures
            for name, figures in json.loads(inputs["calibration.json"]).items()
        ],
        proven_precision=PROVEN_PRECISION,
        thresholds=json.loads(inputs["thresholds.json"]),
        retriever=recalls(inputs["retriever.log"]),
        heads=heads_line(inputs["heads.log"]),
    )


def main() -> None:
    """Runs the step."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=Path, default=WORK)
    parser.add_argument("--weights", type=Path, default=FOLDER)
    parser.add_argument("--out", type=Path, default=CARD)
    options = parser.parse_args()
    try:
        text = render(options.work, options.weights)
    except CardError as error:
        parser.exit(1, f"{error}\n")
    options.out.write_text(text, encoding="utf-8")
    print(options.out)


if __name__ == "__main__":
    main()
