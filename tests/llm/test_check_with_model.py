"""Whole checks with the shipped models, a small library, and a language model behind a fake server."""

from collections.abc import Callable
from pathlib import Path

import pytest
from desk import CLAIMS, DRAFT, PROVEN, Desk
from fake_model import SAID, answers, asked, settlement, verification
from fake_server import Hangs, HangsUp, Request, Says, Sends, Step, fails, says

from claimcheck.errors import SettingsError
from claimcheck.pipeline import Checker
from claimcheck.settings import load_settings
from claimcheck.types import Basis, Flag, Label, Report, Unchecked, Verdict


def flagged(report: Report, alone: Report) -> bool:
    """Whether every verdict that differs from the local verifier's is marked as unsure."""
    return all(
        one.label is other.label or Flag.UNSURE in one.flags
        for one, other in zip(report.verdicts, alone.verdicts, strict=True)
    )


class TestAllGoesWell:
    def test_quotes_are_verbatim_and_the_bill_is_in_the_report(self, desk: Desk) -> None:
        desk.server.will(answers("supports", prompt_tokens=400, completion_tokens=30))
        report = desk.check(explain="all")
        assert len(report.verdicts) == len(report.findings) >= 4
        sources = {source.id: source.text for source in report.sources}
        for verdict in report.verdicts:
            assert verdict.quote == verdict.span.of(report.document.text)
            for citation in verdict.citations:
                assert citation.quote == sources[citation.document][citation.start : citation.end] != ""
        usage = report.usage
        assert usage is not None
        assert usage.calls == len(desk.server.requests) > 0
        assert (usage.prompt_tokens, usage.completion_tokens) == (400 * usage.calls, 30 * usage.calls)
        assert {prompt.task for prompt in usage.prompts} == {"verify", "settle"}
        assert ("language model", "openai:fake") in {(model.task, model.name) for model in report.models}
        assert report.settings["verifier"] == "llm"
        assert Report.model_validate_json(report.model_dump_json()) == report

    def test_a_second_run_makes_no_call_and_says_the_same(self, desk: Desk) -> None:
        desk.server.will(answers("supports"))
        first = desk.check(explain="all")
        calls = len(desk.server.requests)
        second = desk.check(explain="all")
        assert len(desk.server.requests) == calls
        assert second.findings == first.findings
        assert second.usage is not None
        assert (second.usage.calls, second.usage.tokens) == (0, 0)
        assert desk.check(explain="all", offline=True).findings == first.findings

    def test_the_same_claim_is_sure_where_both_agree(self, desk: Desk) -> None:
        desk.server.will(answers("supports"))
        (verdict,) = desk.check(PROVEN).verdicts
        assert (verdict.label, verdict.without_model) == (Label.PROVEN, Label.PROVEN)
        assert Flag.UNSURE not in verdict.flags

    @pytest.mark.parametrize("relation", ["supports", "plans", "hedges", "refutes", "unrelated"])
    def test_a_model_that_always_says_the_same_makes_nothing_false_sure(self, desk: Desk, relation: str) -> None:
        desk.server.will(answers(relation))
        report, alone = desk.check(), desk.alone()
        assert flagged(report, alone)
        for verdict, other in zip(report.verdicts, alone.verdicts, strict=True):
            assert verdict.without_model is other.label
            if verdict.label is not other.label:
                assert verdict.confidence <= 1 - other.confidence


class TestCascade:
    def test_only_what_the_local_verifier_is_unsure_of_or_finds_nothing_on_is_asked(self, desk: Desk) -> None:
        desk.server.will(answers("unrelated"))
        alone = desk.alone()
        below = 0.85
        report = desk.check(verifier="cascade", cascade_below=below)
        asked_about = {asked(request).claim for request in desk.server.requests}
        assert asked_about == {verdict.claim for verdict in report.verdicts if verdict.without_model is not None}
        for verdict, other in zip(report.verdicts, alone.verdicts, strict=True):
            if verdict.claim not in asked_about:
                assert verdict == other
                assert other.confidence >= below
            else:
                assert other.confidence < below or other.basis is Basis.NO_EVIDENCE
        assert PROVEN.rstrip(".") not in asked_about
        assert 0 < len(asked_about) < len(report.verdicts)

    def test_with_nothing_unsure_asks_nothing(self, desk: Desk) -> None:
        desk.server.will(fails(500))
        report = desk.check(PROVEN, verifier="cascade")
        assert (len(desk.server.requests), len(report.verdicts)) == (0, 1)

    def test_what_cannot_be_asked_is_unchecked_and_the_rest_is_decided(self, desk: Desk) -> None:
        desk.server.will(fails(500))
        report = desk.check(verifier="cascade", cascade_below=0.85)
        assert report.verdicts
        assert report.unchecked
        assert PROVEN.rstrip(".") in {verdict.claim for verdict in report.verdicts}
        assert all("500" in finding.reason and finding.next_step for finding in report.unchecked)


class TestFailures:
    @pytest.mark.parametrize(
        ("trouble", "said"),
        [
            (fails(401), "refuses the key"),
            (fails(403), "refuses the key"),
            (fails(404), "knows no such model"),
            (fails(429, retry_after="3600"), "takes no more calls"),
            (fails(500), "fails (500)"),
            (fails(400, "maximum context length is 8"), "too long"),
            (HangsUp(), "cannot be reached"),
            (Hangs(), "did not answer in time"),
            (Says("I think that it holds."), "after one repair"),
            (says(verification([99], "supports")), "after one repair"),
            (says({"assertions": [], "searches": []}), "after one repair"),
            (Says('{"assertions": [', end="length"), "was cut"),
            (Says("", refusal="I will not."), "declined"),
            (Sends(b"<html>"), "something else than a reply"),
        ],
        ids=lambda value: str(value)[:30],
    )
    def test_leave_every_claim_unchecked_with_the_reason(self, desk: Desk, trouble: Step, said: str) -> None:
        desk.server.will(trouble)
        report = desk.check(llm_timeout_s=0.3 if isinstance(trouble, Hangs) else 20.0)
        assert report.verdicts == ()
        assert len(report.unchecked) == len(report.findings) >= 4
        assert all(said in finding.reason for finding in report.unchecked), report.unchecked
        assert all(finding.next_step for finding in report.unchecked)
        assert report.usage is not None

    def test_end_with_code_3_and_a_whole_report(self, desk: Desk, tmp_path: Path) -> None:
        desk.server.will(fails(401))
        draft, out = tmp_path / "draft.txt", tmp_path / "report.json"
        draft.write_text(DRAFT, encoding="utf-8")
        done = desk.command("check", str(draft), "--verifier", "llm", "--out", str(out))
        assert done.exit_code == 3
        report = Report.model_validate_json(out.read_text(encoding="utf-8"))
        assert len(report.unchecked) == len(report.findings) > 0
        assert "unchecked" in done.stderr
        assert "openai:fake: 4 calls (4 failed)" in done.stderr

    def test_of_a_key_that_is_missing_are_said_before_anything_is_checked(self, library: Path) -> None:
        with pytest.raises(SettingsError, match="OPENAI_API_KEY"):
            Checker.open(library, load_settings(model="openai:any"))


class TestBudget:
    CLAIMS = " ".join(f"The yard at Callao built {n} new ships for the Peruvian navy in 2024." for n in range(11, 25))

    def test_of_ten_calls_is_kept_and_the_rest_is_asked_by_the_next_run(self, desk: Desk) -> None:
        desk.server.will(answers("unrelated"))
        report = desk.check(self.CLAIMS, max_calls=10)
        assert len(desk.server.requests) == 10
        assert len(report.findings) == 14
        assert len(report.verdicts) == 10
        assert {finding.reason for finding in report.unchecked} == {"The limit of 10 calls (max_calls) is reached."}
        again = desk.check(self.CLAIMS, max_calls=10)
        assert len(desk.server.requests) == 14
        assert again.unchecked == ()

    def test_is_spent_on_verdicts_before_explanations(self, desk: Desk) -> None:
        desk.server.will(answers("supports"))
        report = desk.check(explain="all", max_calls=5)
        assert report.unchecked == ()
        assert desk.tasks() == ["verify"] * 4 + ["settle"]
        assert sum(verdict.explanation is not None for verdict in report.verdicts) == 1
        assert {v.unexplained for v in report.verdicts} == {None, "The limit of 5 calls (max_calls) is reached."}

    def test_of_nothing_asks_nothing(self, desk: Desk) -> None:
        report = desk.check(max_calls=0)
        assert desk.server.requests == []
        assert len(report.unchecked) == len(report.findings)


def test_a_server_that_dies_in_mid_run_costs_only_what_is_left(desk: Desk) -> None:
    desk.server.will(answers("supports"), answers("supports"), HangsUp())
    report = desk.check(concurrency=1)
    assert (len(report.verdicts), len(report.unchecked)) == (2, len(report.findings) - 2)
    seen = len(desk.server.requests)
    desk.server.will(answers("supports"))
    again = desk.check(concurrency=1)
    assert again.unchecked == ()
    assert len(desk.server.requests) - seen == len(report.unchecked)
    assert again.findings[:2] == report.findings[:2]


def test_a_batch_finishes_what_a_dead_server_left(desk: Desk, tmp_path: Path) -> None:
    drafts = tmp_path / "drafts"
    drafts.mkdir()
    (drafts / "a.txt").write_text(CLAIMS[0], encoding="utf-8")
    (drafts / "b.txt").write_text(CLAIMS[1], encoding="utf-8")
    arguments = ("batch", str(drafts), "--out", str(tmp_path / "out"), "--verifier", "llm", "--format", "json")
    desk.server.will(answers("unrelated"), answers("unrelated"), fails(401))
    assert desk.command(*arguments).exit_code == 3
    desk.server.will(answers("unrelated"))
    done = desk.command(*arguments)
    assert done.exit_code == 0, done.stderr
    assert "1 checked, 1 done before" in done.stderr
    assert "openai:fake:" in done.stderr


class TestSearches:
    """The model asks for what the first search did not bring."""

    @staticmethod
    def searcher(*queries: str) -> Callable[[Request], Step]:
        def step(request: Request) -> Step:
            question = asked(request)
            if question.task == "settle":
                return says(settlement(question.numbers[:1]))
            if any("contract for four ships" in line for line in question.lines):
                return says(verification(question.numbers[:1], "supports"))
            return says(verification([], "unrelated", searches=queries))

        return step

    def test_go_to_the_library_and_bring_a_second_question(self, desk: Desk) -> None:
        desk.server.will(self.searcher("Peru signed a contract for four ships", "four ships"))
        report = desk.check("In spring, Lima ordered some vessels.", passages_per_claim=1)
        assert len(report.findings) == 1
        assert len(desk.server.requests) <= 2

    def test_that_bring_nothing_cost_no_second_call(self, desk: Desk) -> None:
        desk.server.will(self.searcher("bananas and potassium", "x" * 5000))
        report = desk.check("The ministry of health employs 12,000 nurses in Quito.")
        assert len(desk.server.requests) == 1
        (verdict,) = report.verdicts
        assert verdict.basis is Basis.NO_EVIDENCE


class TestExplanations:
    def test_stand_in_every_form_of_the_report(self, desk: Desk, tmp_path: Path) -> None:
        desk.server.will(answers("supports"))
        draft = tmp_path / "draft.txt"
        draft.write_text(PROVEN, encoding="utf-8")
        for form in ("text", "md", "html", "json"):
            done = desk.command("check", str(draft), "--verifier", "llm", "--format", form)
            assert done.exit_code == 0
            shown = " ".join(done.stdout.split())
            assert SAID in shown
            assert "The signed contract." in shown
            assert "openai:fake" in shown.replace("\\", "")

    def test_are_made_for_what_the_model_was_asked_about(self, desk: Desk) -> None:
        desk.server.will(answers("unrelated"))
        report = desk.check(verifier="cascade", cascade_below=0.85, explain="asked")
        for verdict in report.verdicts:
            assert (verdict.explanation is not None) == (verdict.without_model is not None)

    def test_that_fail_leave_the_verdict(self, desk: Desk) -> None:
        def step(request: Request) -> Step:
            return fails(500) if asked(request).task == "settle" else answers("supports")(request)

        desk.server.will(step)
        (verdict,) = desk.check(PROVEN, explain="all").verdicts
        assert verdict.label is Label.PROVEN
        assert verdict.explanation is None
        assert "500" in (verdict.unexplained or "")


def test_one_claim_by_command(desk: Desk) -> None:
    desk.server.will(answers("supports"))
    done = desk.command("claim", PROVEN, "--verifier", "llm", "--format", "json")
    assert done.exit_code == 0
    assert Verdict.model_validate_json(done.stdout).without_model is Label.PROVEN
    desk.server.will(fails(401))
    done = desk.command("claim", CLAIMS[3], "--verifier", "llm", "--format", "json")
    assert done.exit_code == 3
    assert Unchecked.model_validate_json(done.stdout)


def test_offline_asks_nobody(desk: Desk) -> None:
    done = desk.command("claim", CLAIMS[3], "--verifier", "llm", "--offline", "--format", "json")
    assert done.exit_code == 3
    assert "offline" in Unchecked.model_validate_json(done.stdout).reason
    assert desk.server.requests == []


def test_the_local_verifier_asks_nobody_whatever_model_is_named(desk: Desk) -> None:
    done = desk.command("claim", PROVEN, "--verifier", "local", "--format", "json")
    assert done.exit_code == 0
    assert Verdict.model_validate_json(done.stdout).without_model is None
    assert desk.server.requests == []


@pytest.fixture(autouse=True)
def kept_apart(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CLAIMCHECK_LLM_CACHE", str(tmp_path / "replies"))
    monkeypatch.setenv("CLAIMCHECK_LLM_RETRIES", "0")
    monkeypatch.setenv("CLAIMCHECK_THREADS", "1")
