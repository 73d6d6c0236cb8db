"""Suite ``speed``: from nothing to a verdict, and what the models' size and batches bring. Ratios, not seconds.

- *cold start*: a new process for ``claimcheck claim "…"`` on the demonstration corpus, against a new process that
  only imports chromadb and loads the tokenizer, the embedding table and both models by plain library calls. Nothing
  that uses these can start faster by much, so their ratio says what claimcheck itself adds. Once more with a claim
  too short for its words to show its language, for which the model of py3langid is loaded as well.
- *precision*: the verifier as it ships (8-bit matrices) against the same weights in 32 bits, and against the matrix
  products alone (``evals/precision.py``).
- *batch*: texts given to a model together against one by one.
- *check*: a draft of the demonstration from text to report, against the time its model runs take.
- *ingest*: adding evidence against embedding it alone (``evals/ingest.py``).
- *memory*: the most that a command holds.
- *growth*: time and memory of a look-up in libraries of 1,000 to 100,000 passages (``evals/growth.py``).

Runs of two sides alternate, so that a machine that slows down or speeds up favours neither; medians are compared.
"""

from __future__ import annotations

import json
import os
import statistics
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
from evals import growth, precision
from evals.parts import CORE, OUT, Part, Plan, machine
from evals.sets import ROOT, Missing, sha256_of
from evals.shipped import as_shipped, run_bare
from evals.timing import Figures, alternating, seconds

NAME: Final = "speed"
CODE: Final = (
    *CORE,
    "claimcheck/cli",
    "claimcheck/extract",
    *(f"evals/{name}.py" for name in ("growth", "ingest", "precision", "speed", "timing")),
)
RUNS: Final = 5
MOST_COLD_START: Final = 1.3
"""How many times the bare process a cold start may take."""

_CLAIM: Final = "Hyundai Rotem won a contract to export 30 vehicles to Peru in May 2024."
_TERSE_CLAIM: Final = "Peru ordered 30 K808 vehicles."
"""Too short for its words to show its language, so that the language model is loaded as well."""
_SEQUENCES: Final = 32
_PASSAGES: Final = 2000
_PEAK: Final = """
import resource, subprocess, sys
subprocess.run(sys.argv[1:], capture_output=True, check=True)
peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
print(peak / (1e6 if sys.platform == "darwin" else 1e3), file=sys.stderr)
"""
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

_WEIGHTS: Final = (
    str(weights.FOLDER),
    *(weights.TOKENIZER, weights.EMBEDDING, weights.RETRIEVER, weights.VERIFIER),
)


def cold_start(runs: int) -> Figures:
    """Seconds of a new process for one claim and for the bare libraries, by the clock and of the processor."""
    work: dict[str, list[float]] = {"claim": [], "terse": [], "bare": []}

    def process(side: str, *arguments: str) -> Callable[[], float]:
        def run() -> float:
            before = os.times()
            taken = seconds(lambda: run_bare([sys.executable, *arguments]))
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
        sides = {
            "claim": process("claim", "-m", "claimcheck", "claim", _CLAIM, *options),
            "terse": process("terse", "-m", "claimcheck", "claim", _TERSE_CLAIM, *options),
            "bare": process("bare", "-c", _BARE, *_WEIGHTS),
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


def batch(runs: int) -> Figures:
    """Texts a second, given together and one by one, to the retriever and to the verifier."""
    settings = as_shipped()
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
        settings = as_shipped(library=Path(folder), as_of=DEMONSTRATION_DAY)
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

    add_evidence(demonstration_notes(), as_shipped(library=folder))


def ingest(runs: int) -> Figures:
    """Adding evidence against embedding it alone, in a process of its own, so that its memory can be told."""
    command = [sys.executable, "-m", "evals.ingest", "--passages", str(_PASSAGES), "--json"]
    done = run_bare(command, ROOT)
    figures: Figures = json.loads(done.stdout)
    return figures


def memory(runs: int) -> Figures:
    """The most memory that commands on the demonstration hold."""
    with TemporaryDirectory() as folder:
        add_demonstration(Path(folder))
        options = ("--library", folder, "--as-of", DEMONSTRATION_DAY.isoformat())
        draft = str(demonstration_drafts()[0])
        return {
            "import chromadb and load the models, MB": _peak_of("-c", _BARE, *_WEIGHTS),
            "claimcheck claim, MB": _peak_of("-m", "claimcheck", "claim", _CLAIM, *options),
            "claimcheck check, MB": _peak_of("-m", "claimcheck", "check", draft, *options),
        }


def _peak_of(*arguments: str) -> float:
    """The megabytes that a new process holds at most; a process between makes it the only child."""
    command = [sys.executable, "-c", _PEAK, sys.executable, *arguments]
    return float(run_bare(command).stderr.splitlines()[-1])


MEASURES: Final[dict[str, Callable[[int], Figures]]] = {
    "cold start": cold_start,
    "precision": lambda runs: precision.measure(runs, OUT),
    "batch": batch,
    "check": check,
    "ingest": ingest,
    "memory": memory,
}
"""What is measured, by name; each takes the rounds of which the median counts."""


def parts(plan: Plan) -> Iterator[Part | Missing]:
    """The suite, one part a measure."""
    for name in MEASURES:
        yield part(name, plan)
    yield growth_part(plan)


def part(name: str, plan: Plan) -> Part:
    """One measure of the suite."""
    inputs = plan.needs(*CODE, machine=machine(), torch=_torch())
    source = precision.source_of_torch() if name == "precision" else ""
    return Part(NAME, name.replace(" ", "-"), inputs, lambda watch: {"figures": MEASURES[name](RUNS), "source": source})


def growth_part(plan: Plan) -> Part:
    """How a look-up grows with the library."""
    inputs = plan.needs(*CODE, machine=machine())
    return Part(NAME, "growth", inputs, growth.measure)


def _torch() -> str:
    """Whether torch is measured, or which figures stand in for it."""
    if precision.has_torch():
        return "installed"
    return sha256_of([precision.TORCH_FILE]) if precision.TORCH_FILE.is_file() else "none"
