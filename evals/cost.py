"""Suite ``cost``: what a verdict costs with a language model, and how good it is, beside what others ask for the same.

    claimcheck eval cost --model NAME --base-url URL [--limit N]

Every system gets the same claims and the same passages, and asks the same model on the same server, one call at a time
at temperature 0. Claimcheck's own time includes its retrieval and its local verifier, that of the others only their
calls. Systems take turns in blocks of claims: each block long enough for a server to keep what it has read of a prompt,
short enough for a machine that slows down to slow them all.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from claimcheck.batch.files import write_whole
from claimcheck.cli.progress import note
from claimcheck.settings import Settings, load_settings
from evals.chat import Chat
from evals.cost_figures import CASCADE, LLM, LOCAL, figures
from evals.cost_sample import Asked, sample, with_evidence
from evals.outcomes import Ledger, Outcome, key_of
from evals.own_steps import Own, System, passes_on
from evals.parts import CORE, Measured, Part, Plan, code_hash, model_hashes, read_json
from evals.peer_steps import FOLDER, Peer, peers
from evals.progress import Watch
from evals.sets import ROOT, ClaimSet, Missing, cases, sha256_of

NAME: Final = "cost"
CLAIMS: Final = 30
"""Claims of the sample, unless another number is named."""

BLOCK: Final = 6
OWN_CODE: Final = (*CORE, "claimcheck/extract", "claimcheck/llm", "evals/own_steps.py")
PEER_CODE: Final = ("evals/chat.py", "evals/peer_steps.py")
_REST: Final = tuple(
    f"evals/{name}.py"
    for name in ("baselines", "cost", "cost_figures", "cost_sample", "metrics", "outcomes", "significance")
)
_ESTIMATE_EVERY_S: Final = 60.0
_HOW: Final = "claimcheck eval cost --model NAME --base-url URL"


KNOWN: Final = ROOT / "evals" / "cost.json"
"""What was measured last, for the page where no model server is at hand."""


class NotAsked(Missing):
    """The suite without a language model to ask, or without being named."""

    def __str__(self) -> str:
        return f"{NAME}: {self.next_step}"


def parts(plan: Plan) -> Iterator[Part | Missing]:
    """The suite on the cases, where it is named and a language model is set; else what is kept of it.

    Raises:
        SettingsError: a setting cannot be used.
    """
    found = cases()
    if isinstance(found, Missing):
        yield found
        return
    settings = load_settings(model=plan.model, base_url=plan.base_url)
    if settings.model is None:
        step = (
            f"no language model is set. Name one, and its server: {_HOW}, or CLAIMCHECK_MODEL and CLAIMCHECK_BASE_URL."
        )
        yield NotAsked(found.name, FOLDER, step)
        return
    one = part(found, plan, settings)
    if NAME in plan.named or plan.holds(one):
        yield one
    else:
        yield NotAsked(
            found.name, FOLDER, f"it asks a model many times, and so is measured only where it is named: {_HOW}"
        )


def part(found: ClaimSet, plan: Plan, settings: Settings) -> Part:
    """The suite on one set."""
    most = plan.limit or CLAIMS
    prompts = sorted((*FOLDER.glob("*.md"), *(ROOT / "prompts").glob("*.md")))
    inputs = plan.needs(
        *OWN_CODE,
        *PEER_CODE,
        *_REST,
        set=found.sha256,
        prompts=sha256_of(prompts),
        model=str(settings.model),
        server=settings.base_url or "",
        claims=str(most),
    )
    return Part(NAME, found.name, inputs, lambda watch: measure(found, plan, settings, most, watch))


def systems(settings: Settings, chat: Chat) -> list[System]:
    """All that is compared, but for the cascade, which asks nothing that is not asked by these: see :func:`cascade`."""
    own: list[System] = [
        Own(LOCAL, "local", settings, chat),
        Own(LLM, "llm", settings, chat),
    ]
    return own + [Peer(prompt, chat) for prompt in peers()]


def measure(found: ClaimSet, plan: Plan, settings: Settings, most: int, watch: Watch) -> Measured:
    """Every system on every claim of the sample; what is kept already is not asked again.

    Raises:
        EvaluationError: the server fails; what was measured is kept.
    """
    path = plan.out / NAME / f"{found.name}.jsonl"
    if plan.fresh:
        path.unlink(missing_ok=True)
    ledger, chat = Ledger(path), Chat(settings)
    try:
        chat.check()
        compared = systems(settings, chat)
        with with_evidence(found, sample(found, most)) as asked:
            outcomes = verified(compared, asked, ledger, settings, watch)
            own = {LOCAL: outcomes[LOCAL], CASCADE: cascade(asked, outcomes, settings), LLM: outcomes[LLM]}
    finally:
        chat.close()
    outcomes = own | {name: of for name, of in outcomes.items() if name not in own}
    headers = [prompt.header for prompt in peers()]
    return {
        "model": settings.model,
        "server": settings.base_url,
        "claims": len(asked),
        "passages": sum(len(one.passages) for one in asked) / len(asked),
        "figures": figures([one.wanted for one in asked], outcomes),
        "peers": [header.model_dump(include={"name", "source", "version", "licence", "facts"}) for header in headers],
        "outcomes": [
            {
                "id": one.wanted.id,
                "label": str(one.wanted.label),
                "basis": str(one.wanted.basis),
                "given": {name: of[row].model_dump() for name, of in outcomes.items()},
            }
            for row, one in enumerate(asked)
        ],
    }


def cascade(asked: Sequence[Asked], outcomes: Mapping[str, Sequence[Outcome]], settings: Settings) -> list[Outcome]:
    """What the cascade comes to: on what it passes on, the model's outcome, on the rest the local verifier's.

    What it passes on is the very question that is asked with the language model only. Asked again, it would cost a
    server that keeps prompts next to nothing, and so look cheaper than it is.
    """
    by_model = [passes_on(one, settings) for one in asked]
    both = zip(by_model, outcomes[LLM], outcomes[LOCAL], strict=True)
    return [model if passed else local for passed, model, local in both]


def verified(
    compared: Sequence[System], asked: Sequence[Asked], ledger: Ledger, settings: Settings, watch: Watch
) -> dict[str, list[Outcome]]:
    """For each system its outcomes in the order of the claims.

    Args:
        compared: the systems.
        asked: the claims.
        ledger: what is kept; each outcome is added at once.
        settings: name the model.
        watch: is told how many outcomes there are.
    """
    keys = {(s.name, one.wanted.id): _key(s, one, settings) for s in compared for one in asked}
    left = [
        (system, one)
        for system, one in in_turns(compared, asked)
        if ledger.get(keys[system.name, one.wanted.id]) is None
    ]
    run = datetime.now(UTC).isoformat(timespec="seconds")
    estimate = Estimate(left, time.monotonic)
    if left and len(left) < len(keys):
        note(f"{NAME}: {len(keys) - len(left)} of {len(keys)} outcomes are kept from before")
    _load()
    for done, (system, one) in enumerate(left, start=1 + len(keys) - len(left)):
        outcome = system.verify(one).model_copy(update={"run": run})
        ledger.keep(keys[system.name, one.wanted.id], system.name, one.wanted.id, outcome)
        watch.at(done, len(keys))
        if said := estimate.after(system):
            note(f"{NAME}: {done} of {len(keys)}; {said}")
    kept = {place: ledger.get(key) for place, key in keys.items()}
    outcomes = {place: outcome for place, outcome in kept.items() if outcome is not None}
    return {s.name: [outcomes[s.name, one.wanted.id] for one in asked] for s in compared}


def in_turns(compared: Sequence[System], asked: Sequence[Asked]) -> Iterator[tuple[System, Asked]]:
    """Each system with each claim, in blocks of claims; another system begins each block."""
    for number, start in enumerate(range(0, len(asked), BLOCK)):
        first = number % len(compared)
        for system in (*compared[first:], *compared[:first]):
            for one in asked[start : start + BLOCK]:
                yield system, one


class Estimate:
    """How long the rest takes, from what each system has taken so far.

    Args:
        left: what is to be done, in order.
        clock: seconds since some moment.
    """

    def __init__(self, left: Sequence[tuple[System, Asked]], clock: Callable[[], float]) -> None:
        self._left = [system.name for system, _ in left]
        self._clock = clock
        self._last = self._said = clock()
        self._taken: dict[str, list[float]] = {}

    def after(self, system: System) -> str:
        """What to say after one more is done; empty where something was said a short while ago."""
        now = self._clock()
        self._taken.setdefault(system.name, []).append(now - self._last)
        self._last = now
        self._left.pop(0)
        if now - self._said < _ESTIMATE_EVERY_S and self._left:
            return ""
        self._said = now
        means = {name: sum(taken) / len(taken) for name, taken in self._taken.items()}
        unknown = sum(means.values()) / len(means)
        seconds = sum(means.get(name, unknown) for name in self._left)
        return f"about {seconds / 60:.0f} minutes left" if self._left else "all done"


def _key(system: System, asked: Asked, settings: Settings) -> str:
    own = isinstance(system, Own)
    facts: dict[str, Any] = {
        **asked.facts,
        "system": system.name,
        "prompt": system.depends_on,
        "model": settings.model,
        "server": settings.base_url,
        "code": code_hash(*(OWN_CODE if own else PEER_CODE)),
        "models": model_hashes() if own else {},
    }
    return key_of(facts)


def _load() -> None:
    """Load what a first call would load, so that no system pays for it."""
    for name in ("claimcheck.llm.provider", "langchain_openai"):
        import_module(name)


def known_before(results: Sequence[Measured], made: Measured, file: Path = KNOWN) -> list[Measured]:
    """What was measured before, for a page without a model server; what was measured now is kept for such a page.

    Args:
        results: of this run.
        made: how, as ``evals.parts.provenance`` has it.
        file: where it is kept.

    Raises:
        EvaluationError: the file holds no results.
        OutputError: the file cannot be written.
    """
    found = next((result for result in results if result["suite"] == NAME), None)
    if found is None:
        return [read_json(file)] if file.is_file() else []
    how = _HOW if found["claims"] == CLAIMS else f"{_HOW} --limit {found['claims']}"
    source = f"`{how}` on {found['day']}, kept at {made['commit'][:12]}, on {made['machine']}"
    kept = {name: value for name, value in found.items() if name not in ("outcomes", "inputs")} | {"source": source}
    before = read_json(file) if file.is_file() else {}
    if before.get("figures") != kept["figures"]:  # else the page would change with every commit
        write_whole(file, json.dumps(kept, indent=1, ensure_ascii=False) + "\n")
    return []
