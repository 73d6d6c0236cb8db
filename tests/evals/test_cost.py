"""What a verdict costs: counted as the server counts, measured once, and no reply of a peer is a crash."""

import json
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from test_sets import CLAIM, DOCUMENT, PLAN, make_set

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "llm"))

from fake_model import verification
from fake_server import FakeServer, Request, Says, Step, fails, says

from claimcheck.errors import EvaluationError
from evals import cost
from evals.chat import Chat
from evals.cost_figures import CASCADE, LLM, LOCAL
from evals.cost_sample import Asked, Shown, sample, with_evidence
from evals.outcomes import Ledger, Outcome, Used, key_of
from evals.own_steps import Own, passes_on
from evals.pages.writing import as_text
from evals.parts import Part, Plan, run
from evals.peer_steps import Peer, peers
from evals.progress import Unwatched
from evals.sets import ClaimSet, Missing, cases
from evals.suites import chosen

pytestmark = pytest.mark.usefixtures("bare_environment")

UNHEARD_OF = {
    **CLAIM,
    "id": "C3",
    "claim": "Portugal sold six frigates to Chile in 2019.",
    "label": "speculative",
    "basis": "no_evidence",
    "citations": [],
}
SYSTEMS = [LOCAL, CASCADE, LLM, "one prompt", "Loki", "FacTool"]
LOKI_YES = {"reasoning": "so", "relationship": "SUPPORTS"}
FACTOOL_YES = '{"reasoning": "so", "error": "None", "correction": "", "factuality": True}'
LABEL = {"reasoning": "so", "label": "proven", "basis": "supported"}


@pytest.fixture
def server() -> Iterator[FakeServer]:
    fake = FakeServer()
    yield fake.will(answering())
    fake.close()


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> ClaimSet:
    return small_set(tmp_path_factory.mktemp("set"))


def small_set(folder: Path, *more: dict[str, Any]) -> ClaimSet:
    text = "Acme opened its plant in Hull in May 2025. A second plant is to be built in Leeds in 2027, Acme said."
    documents = (
        DOCUMENT | {"text": text, "published": "2025-06-01", "publisher": "Daily News"},
        DOCUMENT | {"id": "D2", "text": "The town of Hull lies on the coast.", "publisher": "Atlas"},
    )
    opened = CLAIM | {
        "claim": "Acme opened a plant in Hull in May 2025.",
        "citations": [{"document": "D1", "quote": "Acme opened its plant in Hull in May 2025."}],
    }
    made = make_set(folder, opened, PLAN, *more, documents=documents)
    assert isinstance(made, ClaimSet)
    return made


def asker(request: Request) -> str:
    """Who asks."""
    if "bear on a claim" in request.text:
        return "claimcheck"
    return next(prompt.header.name for prompt in peers() if prompt.instructions in request.text)


def answering(**replies: Step) -> Callable[[Request], Step]:
    """A model that supports everything, but for the replies given by who asks."""
    given: dict[str, Step] = {
        "claimcheck": says(verification([1], "supports"), prompt_tokens=500, completion_tokens=50),
        "one prompt": says(LABEL | {"quotes": ["Acme opened its plant", "Made up."]}, prompt_tokens=700),
        "Loki": says(LOKI_YES, prompt_tokens=600, completion_tokens=30, cached_tokens=400),
        "FacTool": Says(FACTOOL_YES, prompt_tokens=800),
    } | {name.replace("_", " "): reply for name, reply in replies.items()}
    return lambda request: given[asker(request)]


def plan(tmp_path: Path, server: FakeServer, **more: Any) -> Plan:
    named = frozenset({"cost"})
    return Plan(out=tmp_path / "out", named=named, model="openai:fake", base_url=server.base_url, **more)


def measured(found: ClaimSet, made: Plan) -> dict[str, Any]:
    settings = cost.load_settings(model=made.model, base_url=made.base_url)
    return cost.measure(found, made, settings, 30, Unwatched())


@pytest.mark.parametrize("named", [frozenset({"cost"}), frozenset()])
def test_without_a_model_it_is_skipped_aloud_with_the_next_step(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], named: frozenset[str]
) -> None:
    made = Plan(out=tmp_path, named=named)
    results, missing = run(cost.parts(made), made)
    assert results == []
    assert len(missing) == 1
    said = capsys.readouterr().err
    assert "SKIPPED: cost: no language model is set." in said
    assert "claimcheck eval cost --model NAME --base-url URL" in said


def test_with_a_model_it_is_measured_only_where_it_is_named(tmp_path: Path, server: FakeServer) -> None:
    named = plan(tmp_path, server)
    (part,) = cost.parts(named)
    assert isinstance(part, Part)
    assert [one for one in chosen(["cost/cases"], named) if isinstance(one, Part)]
    unnamed = Plan(out=named.out, model=named.model, base_url=named.base_url)
    (skipped,) = cost.parts(unnamed)
    assert isinstance(skipped, Missing)
    assert "only where it is named" in str(skipped)
    run([Part("cost", part.set, part.inputs, lambda watch: {"figures": {}})], named)
    (kept,) = cost.parts(unnamed)
    assert isinstance(kept, Part)
    assert server.requests == []


def test_calls_and_tokens_are_those_of_the_server(found: ClaimSet, server: FakeServer, tmp_path: Path) -> None:
    result = measured(found, plan(tmp_path, server))
    asked = Counter(asker(request) for request in server.requests)
    costs = result["figures"]["cost"]
    assert list(costs) == SYSTEMS
    assert costs[LOCAL]["calls"] == 0
    assert asked["claimcheck"] == costs[LLM]["total_calls"] >= 2
    assert costs[CASCADE]["total_calls"] <= costs[LLM]["total_calls"]
    for name in ("one prompt", "Loki", "FacTool"):
        assert asked[name] == costs[name]["total_calls"]
    assert asked["one prompt"] == asked["FacTool"] == 2
    assert asked["Loki"] == 2 * result["passages"]
    assert costs["Loki"]["prompt_tokens"] == 600 * asked["Loki"] / 2
    assert costs["Loki"]["cached_prompt_tokens"] == 400 * asked["Loki"] / 2
    assert costs["FacTool"]["prompt_tokens"] == 800
    ratio = result["figures"]["ratios"][LLM]["FacTool"]
    assert ratio["prompt_tokens"] == pytest.approx(1600 / (500 * costs[LLM]["total_calls"]))
    assert ratio["timed"] == 2
    assert ratio["seconds"] > 0
    assert server.most_at_once == 1


def test_what_is_kept_is_not_asked_again(
    found: ClaimSet, server: FakeServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = plan(tmp_path, server)
    first = measured(found, made)
    calls = len(server.requests)
    assert measured(found, made) == first
    assert len(server.requests) == calls
    kept = made.out / "cost" / f"{found.name}.jsonl"
    lines = kept.read_text(encoding="utf-8").splitlines()
    assert len(lines) == (len(SYSTEMS) - 1) * 2
    kept.write_text("\n".join(lines[:-1]) + "\n" + lines[-1][:20], encoding="utf-8")  # broken off in the last line
    again = measured(found, made)
    assert len(server.requests) - calls == json.loads(lines[-1])["outcome"]["used"]["calls"]
    assert again["figures"]["cost"] == first["figures"]["cost"]
    assert "9 of 10 outcomes are kept from before" in capsys.readouterr().err
    measured(found, plan(tmp_path, server, fresh=True))
    assert len(server.requests) > 2 * calls


def test_the_cascade_is_counted_as_if_it_asked_itself(server: FakeServer, tmp_path: Path) -> None:
    found = small_set(tmp_path, UNHEARD_OF)
    settings = cost.load_settings(model="openai:fake", base_url=server.base_url)
    outcomes = [row["given"][CASCADE] for row in measured(found, plan(tmp_path, server))["outcomes"]]
    server.requests.clear()
    chat = Chat(settings)
    with with_evidence(found, list(found.claims)) as asked:
        assert {passes_on(one, settings) for one in asked} == {True, False}
        for one in asked:
            row = next(row for row, drawn in enumerate(sample(found, 30)) if drawn.id == one.wanted.id)
            itself = Own(CASCADE, "cascade", settings, chat).verify(one)
            assert passes_on(one, settings) == (itself.used.calls > 0)
            assert {"label": itself.label, "used": itself.used.model_dump()} == {
                name: outcomes[row][name] for name in ("label", "used")
            }
    chat.close()
    assert len(server.requests) == sum(outcome["used"]["calls"] for outcome in outcomes)


def test_seconds_of_different_runs_are_not_compared(found: ClaimSet, server: FakeServer, tmp_path: Path) -> None:
    made = plan(tmp_path, server)
    measured(found, made)
    kept = made.out / "cost" / f"{found.name}.jsonl"
    rows = [json.loads(line) for line in kept.read_text(encoding="utf-8").splitlines()]
    for row in rows:
        if row["system"] == "Loki":
            row["outcome"]["run"] = "last week"
    kept.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    ratios = measured(found, made)["figures"]["ratios"][LLM]
    assert ratios["Loki"]["seconds"] is None
    assert ratios["Loki"]["prompt_tokens"] is not None
    assert ratios["FacTool"]["timed"] == 2


def test_a_server_that_goes_away_ends_the_run_and_what_was_done_is_kept(
    found: ClaimSet, server: FakeServer, tmp_path: Path
) -> None:
    made = plan(tmp_path, server)
    server.will(answering(FacTool=fails(500)))
    with pytest.raises(EvaluationError, match="fails") as raised:
        measured(found, made)
    assert "What was measured is kept" in raised.value.next_step
    calls = len(server.requests)
    server.will(answering())
    measured(found, made)
    assert len(server.requests) - calls == 2


def test_nothing_is_measured_where_no_server_is(found: ClaimSet, tmp_path: Path) -> None:
    made = Plan(out=tmp_path, model="openai:fake", base_url="http://127.0.0.1:9/v1")
    with pytest.raises(EvaluationError, match="cannot be reached"):
        measured(found, made)


def test_a_model_behind_another_interface_is_refused(found: ClaimSet, tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match="OpenAI"):
        measured(found, Plan(out=tmp_path, model="ollama:fake"))


@pytest.mark.parametrize(
    ("peer", "reply", "label", "basis", "unusable"),
    [
        ("Loki", says(LOKI_YES), "proven", "supported", 0),
        ("Loki", says({"reasoning": "", "relationship": "REFUTES"}), "speculative", "contradicted", 0),
        ("Loki", says({"reasoning": "", "relationship": "irrelevant"}), "speculative", "no_evidence", 0),
        ("Loki", Says("no JSON"), "speculative", "no_evidence", 2),
        ("Loki", Says('{"reasoning": "cut'), "speculative", "no_evidence", 2),
        ("FacTool", Says(FACTOOL_YES), "proven", "supported", 0),
        ("FacTool", Says(f"Here it is:\n```\n{FACTOOL_YES}\n```"), "proven", "supported", 0),
        ("FacTool", says({"factuality": False}), "speculative", "contradicted", 0),
        ("FacTool", says({"factuality": None}), None, None, 1),
        ("FacTool", Says("{'factuality': open('x')}"), None, None, 1),
        ("FacTool", Says("[" * 100_000), None, None, 1),
        ("FacTool", fails(400, "the request exceeds the available context size"), None, None, 1),
        ("one prompt", says(LABEL | {"label": "Aspirational", "basis": "planned"}), "aspirational", "planned", 0),
        ("one prompt", says(LABEL | {"label": "true", "quotes": [1, None]}), None, None, 1),
        ("one prompt", says([1]), None, None, 1),
    ],
)
def test_replies_become_labels_and_what_cannot_be_used_is_counted(
    peer: str, reply: Step, label: str | None, basis: str | None, unusable: int, found: ClaimSet, server: FakeServer
) -> None:
    server.will(reply)
    outcome = verified_by(peer, found, server)
    assert (outcome.label, outcome.basis, outcome.unusable) == (label, basis, unusable)
    assert outcome.used.calls == len(server.requests)
    assert bool(outcome.why) == bool(unusable)


def verified_by(peer: str, found: ClaimSet, server: FakeServer) -> Outcome:
    chat = Chat(cost.load_settings(model="openai:fake", base_url=server.base_url))
    passages = (Shown("Acme opened its plant.", "Daily News, 2025-06-01"), Shown("Hull lies on the coast.", "Atlas"))
    asked = Asked(found.claims[0], found.as_of, passages, Path())
    (prompt,) = (prompt for prompt in peers() if prompt.header.name == peer)
    try:
        return Peer(prompt, chat).verify(asked)
    finally:
        chat.close()


def test_passages_that_disagree_are_mixed_and_the_majority_is_told_beside(found: ClaimSet, server: FakeServer) -> None:
    server.will(says(LOKI_YES), says({"reasoning": "", "relationship": "REFUTES"}))
    outcome = verified_by("Loki", found, server)
    assert (outcome.label, outcome.basis, outcome.votes) == ("speculative", "mixed", (1, 1))


def test_peers_see_the_evidence_as_they_would(found: ClaimSet, server: FakeServer) -> None:
    server.will(says(LOKI_YES))
    for peer in ("Loki", "FacTool", "one prompt"):
        verified_by(peer, found, server)
    first, second, factool, plain = server.requests
    assert "Acme opened its plant." in first.text
    assert "Hull lies" not in first.text
    assert "Hull lies" in second.text
    assert "['Acme opened its plant.', 'Hull lies on the coast.']" in factool.text
    assert "[1] Acme opened its plant. (Daily News, 2025-06-01)" in plain.text
    assert first.body["response_format"] == {"type": "json_object"}
    assert "response_format" not in factool.body


def test_the_peers_prompts_are_no_longer_than_their_own() -> None:
    for prompt in peers():
        if prompt.header.their_characters is not None:
            empty = prompt.filled({"claim": "", "passage": "", "passages": [], "evidence": "", "day": ""})
            assert len(prompt.instructions) + len(empty) <= prompt.header.their_characters


def test_the_sample_is_the_same_every_time_and_has_every_basis() -> None:
    found = cases()
    assert isinstance(found, ClaimSet)
    drawn = sample(found, 30)
    assert [claim.id for claim in drawn] == [claim.id for claim in sample(found, 30)]
    assert len({claim.id for claim in drawn}) == 30
    counts = Counter(str(claim.basis) for claim in drawn)
    assert counts["supported"] == 12
    assert set(counts) == {"supported", "planned", "contradicted", "hedged", "no_evidence", "mixed"}
    assert len({claim.lang for claim in drawn}) == 6
    assert len(sample(found, 10_000)) == sum(claim.checkable for claim in found.claims)


def test_a_ledger_keeps_outcomes_and_names_a_line_that_is_none(tmp_path: Path) -> None:
    path, key = tmp_path / "kept.jsonl", key_of({"claim": "C1"})
    Ledger(path).keep(key, "Loki", "C1", Outcome(label="proven", used=Used(calls=3)))
    kept = Ledger(path).get(key)
    assert kept is not None
    assert kept.used.calls == 3
    assert Ledger(path).get(key_of({"claim": "C2"})) is None
    path.write_text("{}\n", encoding="utf-8")
    with pytest.raises(EvaluationError, match="line 1"):
        Ledger(path)


def test_the_page_has_costs_ratios_quality_and_what_is_said_of_the_peers(
    found: ClaimSet, server: FakeServer, tmp_path: Path
) -> None:
    from evals.pages import cost as page

    result = {"suite": "cost", "set": found.name, "day": "2026-04-01", **measured(found, plan(tmp_path, server))}
    text = as_text([result])
    assert "## What a verdict costs with a language model" in text
    assert "| Loki | 100% |" in text
    assert "| Loki, by majority |" in text
    assert "| majority label |" in text
    prose = " ".join(page.section([result]).prose)
    assert "https://github.com/GAIR-NLP/factool" in prose
    assert "Of the 4 quotes that one prompt wrote, 2 stand in the evidence" in prose
    assert "Not measured in this run" not in prose


def test_what_was_measured_stands_in_where_no_server_is(found: ClaimSet, server: FakeServer, tmp_path: Path) -> None:
    from evals.pages import cost as page

    made, file = {"commit": "c0ffee", "machine": "two cores"}, tmp_path / "cost.json"
    assert cost.known_before([], made, file) == []
    figures = measured(found, plan(tmp_path, server))
    result = {"suite": "cost", "set": found.name, "day": "2026-04-01", "inputs": {}, **figures}
    assert cost.known_before([result], made, file) == []
    (known,) = cost.known_before([], made, file)
    assert "Not measured in this run" in " ".join(page.section([known]).prose)
    assert known["figures"]["cost"] == figures["figures"]["cost"]
