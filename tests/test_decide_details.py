"""Citations, thresholds and what would settle a verdict, beyond the decision table."""

from datetime import date

import pytest
from decide_cases import NO_NUMBER, OTHER_DATE, OTHER_NUMBER, OTHER_RUNG, POLICY, said
from pydantic import ValidationError

from claimcheck.decide import RULES, Policy, decide
from claimcheck.decide.would_settle import would_settle
from claimcheck.errors import ModelError
from claimcheck.types import ClaimKind, Difference, Document
from evals.decisions import AS_OF, claim_of, decided

NO_DATE = (Difference(kind="date", outcome="missing", claimed="May 2025"),)
CLAIM = claim_of("Acme employs 5,000 people.")
PLAN = claim_of("Acme will open ten sites by 2027.", "plan")


class TestCitations:
    def test_a_sentence_in_two_passages_is_cited_once(self):
        one = decided(CLAIM, said("supports", 0.9, source="d", passage="a"))
        judgement = one.supporting[0]
        again = judgement.model_copy(update={"passage": "b"})
        documents = {"d": Document(id="d", text="", publisher="Daily News", published=date(2025, 6, 1))}
        decision = decide(CLAIM, [again, judgement], documents, as_of=AS_OF, policy=POLICY)
        assert decision.supporting == (judgement,)

    def test_carry_the_relation_as_the_policy_took_it(self):
        torn = said("supports", 0.6, rest={"plans": 0.2}, committed=True, rung="announced")
        (cited,) = decided(CLAIM, torn).supporting
        assert cited.relation == "plans"
        assert sum(cited.probabilities.values()) == pytest.approx(1)


class TestPolicy:
    def test_confidence_is_read_off_the_line_of_its_rule(self):
        policy = Policy(confidence_curves={"supported": (2.0, 0.0), "other": (0.0, 0.0)})
        assert [round(policy.calibrated(raw, "supported"), 3) for raw in (0.0, 0.5, 0.75, 1.0)] == [0.0, 0.5, 0.9, 1.0]
        assert policy.calibrated(0.9, "mixed") == 0.5
        assert Policy().calibrated(0.9, "mixed") == 0.9
        with pytest.raises(ValidationError, match="confidence_curves"):
            Policy(confidence_curves={"supported": (-1.0, 0.0)})

    def test_thresholds_come_from_calibration_and_choices_from_people(self):
        policy = Policy.from_calibration(
            {"settled": 0.4, "unsure_below": 0.3}, self_source="strict", stale_after_days=9
        )
        assert (policy.settled, policy.unsure_below, policy.self_source) == (0.4, 0.3, "strict")
        assert policy.stale_after_days == 9
        assert policy.proven_at == Policy().proven_at

    def test_a_chosen_level_beats_the_fitted_one(self):
        assert Policy.from_calibration({"unsure_below": 0.3}, unsure_below=0.9).unsure_below == 0.9

    @pytest.mark.parametrize("fitted", [{"settled": 1.5}, {"no_such_name": 0.5}, {"settled": 0.9, "proven_at": 0.6}])
    def test_damaged_thresholds_are_an_error(self, fitted):
        with pytest.raises(ModelError, match="thresholds"):
            Policy.from_calibration(fitted)

    def test_a_missing_detail_may_not_make_proof_easier(self):
        with pytest.raises(ValidationError):
            Policy(proven_at=0.8, proven_with_missing=0.7)


class TestWouldSettle:
    def of(self, *sentences, claim=CLAIM, **context):
        return decided(claim, *sentences, **context).would_settle

    def test_every_rule_and_kind_has_words(self):
        for rule in RULES:
            for kind in ClaimKind:
                text = would_settle(rule.__name__, claim_of("Acme {x} 5 %", kind), differences=OTHER_NUMBER)
                assert text.endswith(".")
                assert "  " not in text

    @pytest.mark.parametrize(
        ("rung", "words"),
        [
            ("announced", "A signed agreement, a budget or a permit would lift it"),
            ("memorandum", "A signed contract, a budget or a permit would lift it"),
            ("funded_or_permitted", "A signed contract or a start of work would lift it"),
            ("contracted", "A report that work has begun would lift it"),
        ],
    )
    def test_a_plan_names_the_next_rung(self, rung, words):
        assert self.of(said("plans", rung=rung), claim=PLAN).startswith(words)

    def test_work_under_way_awaits_only_its_end(self):
        assert self.of(said("plans", rung="under_way"), claim=PLAN).startswith("Proof that it is done would")

    def test_a_plan_names_its_day(self):
        assert "done by 31 December 2027 would" in self.of(said("plans"), claim=PLAN, claim_deadline="2027-12-31")

    def test_the_sentences_day_beats_the_claims(self):
        later, sooner = said("plans", deadline="2028-06-30"), said("plans", deadline="2028-03-31")
        assert "by 30 June 2028" in self.of(later, sooner, claim=PLAN, claim_deadline="2027-12-31")

    def test_overdue_names_the_day_that_passed(self):
        text = self.of(said("plans", on="2023-01-01", deadline="2024-12-31"), claim=PLAN)
        assert text.startswith("A source from after 31 December 2024 decides")

    def test_a_part_names_the_count(self):
        assert self.of(said("plans", progress=(4, 10)), claim=PLAN).startswith("4 of 10 are shown done")
        assert "1,200.5 of 3,000" in self.of(said("plans", progress=(1200.5, 3000)), claim=PLAN)

    def test_a_conflict_names_what_the_claim_states(self):
        assert "gives the figure 5,000 would" in self.of(said("supports", differences=OTHER_NUMBER))
        assert "gives the date May 2025 would" in self.of(said("supports", differences=OTHER_DATE))
        assert "gives the stage that the claim states (agreed) would" in self.of(said("plans", differences=OTHER_RUNG))
        assert "the figure 5,000 and the date May 2025 would" in self.of(
            said("supports", differences=(*OTHER_NUMBER, *OTHER_DATE))
        )
        named = Difference(kind="name", outcome="conflict", claimed="Acme", found="Beta")
        text = self.of(said("supports", differences=(*OTHER_NUMBER, *OTHER_DATE, named, *NO_NUMBER)))
        assert "the figure 5,000, the date May 2025 and the name Acme would" in text

    def test_no_evidence_names_the_figures_of_the_claim(self):
        assert "states it, with 5,000 people, would" in self.of()
        assert "with 1.5, 20% and 3, would" in self.of(claim=claim_of("1.5 and 20% and 3 and 4"))
        assert "states it would" in self.of(claim=claim_of("Acme was never fined."))

    def test_no_evidence_names_the_speaker(self):
        assert "commits Jane Roe to it" in self.of(claim=claim_of("Acme will grow.", "plan", "Jane Roe"))
        assert "the issuer can be asked" in self.of()

    def test_stale_names_the_day_from_which_evidence_is_fresh(self):
        text = self.of(said("supports", on="2022-01-01"), present_state=True, policy=Policy(stale_after_days=365))
        assert text.startswith("A source from 15 January 2025 or later")

    def test_a_day_that_has_passed_is_not_asked_for(self):
        old = said("plans", 0.9, on="2024-05-01", deadline="2025-07-31")
        assert "July 2025" in self.of(old)
        assert "July 2025" not in self.of(old, said("plans", 0.9, on="2025-12-01"))

    def test_a_proof_says_what_would_make_it_firmer(self):
        own = said("supports", by="Acme", kind="company_statement")
        assert self.of(own).endswith("A source other than the issuer itself would make it firmer.")
        assert self.of(said("supports")).endswith("A second, independent source would make it firmer.")
        assert self.of(said("supports"), said("supports", by="Post")).endswith("would change this.")


def test_a_contradicted_figure_is_shown_with_the_source_that_gives_it() -> None:
    denial = said("refutes", differences=OTHER_NUMBER)
    giving = said("unrelated", 0.85)
    others = (said("unrelated", 0.8, differences=NO_NUMBER), said("unrelated", 0.95))
    decision = decided(claim_of("Acme has 5,000 staff."), denial, giving, *others)
    assert (decision.rule, [j.document for j in decision.supporting]) == ("contradicted", ["d1"])
    also = said("refutes", 0.6, differences=(*OTHER_NUMBER, *NO_DATE))
    dateless = said("unrelated", 0.85, differences=NO_DATE)
    decision = decided(claim_of("Acme has 5,000 staff."), denial, also, dateless)
    assert [j.document for j in decision.supporting] == ["d2"]
    decision = decided(claim_of("Acme has 5,000 staff."), denial, *others)
    assert decision.supporting == ()
    decision = decided(claim_of("Acme has staff."), said("refutes"), giving)
    assert decision.supporting == ()


def test_what_gives_it_otherwise_more_surely_than_a_denial_is_shown_before_it() -> None:
    claim = claim_of("Acme bought 54 tanks.")
    decision = decided(claim, said("plans", 0.9, differences=OTHER_RUNG), said("refutes", 0.6))
    assert (decision.rule, [j.document for j in decision.opposing]) == ("conflict", ["d0", "d1"])
    assert decision.confidence == pytest.approx(0.9)
    lacking = said("refutes", 0.6, differences=NO_NUMBER)
    assert decided(claim, said("plans", 0.9, differences=OTHER_RUNG), lacking).supporting == ()
    decision = decided(claim, said("plans", 0.55, differences=OTHER_RUNG), said("refutes", 0.6))
    assert [j.document for j in decision.opposing] == ["d1"]
