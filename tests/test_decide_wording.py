"""What the wording of a sentence, read by rule, adds to the verifier's view."""

from decide_cases import NO_NUMBER, claim_of, judged, said

from claimcheck.types import Basis, Difference, Label

NO_DATE = (Difference(kind="date", outcome="missing", claimed="December 2025"),)
NO_NAME = (Difference(kind="name", outcome="missing", claimed="Hyundai Rotem"),)
SIGNED = claim_of("Peru and Korea signed a framework agreement on 54 tanks.")
BECAME = claim_of("The port has become the region's hydrogen hub.")


def test_a_signing_that_took_place_is_realised_though_it_is_of_a_plan() -> None:
    decision = judged(SIGNED, said("plans", 0.55, rest={"supports": 0.4}, step_taken=True, rung="memorandum"))
    assert (decision.label, decision.basis) == (Label.PROVEN, Basis.SUPPORTED)


def test_a_signing_is_no_more_than_a_plan_where_the_sentence_does_not_tell_of_it() -> None:
    decision = judged(SIGNED, said("plans", 0.55, rest={"supports": 0.4}, rung="announced"))
    assert decision.label is Label.ASPIRATIONAL


def test_a_signing_is_not_proven_where_a_detail_is_missing_or_other() -> None:
    for differences in (NO_NUMBER, (Difference(kind="number", outcome="conflict", claimed="54", found="45"),)):
        decision = judged(SIGNED, said("plans", 0.55, rest={"supports": 0.4}, step_taken=True, differences=differences))
        assert decision.label is not Label.PROVEN


def test_wording_proves_nothing_that_the_verifier_does_not_see_at_all() -> None:
    decision = judged(SIGNED, said("plans", 0.9, rest={"supports": 0.01}, step_taken=True))
    assert decision.label is Label.ASPIRATIONAL


def test_a_plan_worded_without_doubt_is_no_guess() -> None:
    sentence = {"rest": {"plans": 0.2, "supports": 0.1}}
    assert judged(BECAME, said("hedges", 0.5, **sentence)).basis is Basis.HEDGED
    assert judged(BECAME, said("hedges", 0.5, committed=True, **sentence)).label is Label.ASPIRATIONAL


def test_a_plan_worded_without_doubt_proves_nothing_unless_the_verifier_is_certain() -> None:
    wording = {"committed": True, "rung": "announced"}
    torn = said("supports", 0.6, rest={"plans": 0.2}, **wording)
    certain = said("supports", 0.9, rest={"plans": 0.06}, **wording)
    assert judged(BECAME, torn).label is Label.ASPIRATIONAL
    assert judged(BECAME, certain).label is Label.PROVEN


def test_a_plan_put_off_to_the_date_claimed_is_that_plan() -> None:
    claim = claim_of("The port opens in April 2026.", "plan")
    torn = {"rest": {"plans": 0.3}}
    assert judged(claim, said("refutes", 0.6, **torn)).basis is Basis.CONTRADICTED
    assert judged(claim, said("refutes", 0.6, renewed=True, **torn)).label is Label.ASPIRATIONAL


def test_what_is_said_of_another_one_of_a_series_bears_on_nothing() -> None:
    for relation in ("supports", "plans", "refutes"):
        assert judged(BECAME, said(relation, 0.95, other=True)).basis is Basis.NO_EVIDENCE


def test_a_document_that_names_nothing_of_the_claim_must_be_sure() -> None:
    for relation in ("supports", "plans", "hedges", "refutes"):
        assert judged(BECAME, said(relation, 0.7, unnamed=True)).basis is Basis.NO_EVIDENCE
        for sure in (said(relation, 0.9, unnamed=True), said(relation, 0.7)):
            assert judged(BECAME, sure).basis is not Basis.NO_EVIDENCE


def test_what_says_it_word_for_word_does_not_deny_it() -> None:
    torn = {"rest": {"supports": 0.35}}
    assert judged(BECAME, said("refutes", 0.6, **torn)).basis is Basis.CONTRADICTED
    assert judged(BECAME, said("refutes", 0.6, wording="whole", **torn)).label is Label.PROVEN
    weakened = judged(BECAME, said("refutes", 0.6, wording="apart", **torn))
    assert (weakened.label, weakened.basis) == (Label.SPECULATIVE, Basis.SUPPORTED)
    unseen = {"rest": {"supports": 0.1}}
    assert judged(BECAME, said("refutes", 0.8, wording="whole", **unseen)).basis is Basis.CONTRADICTED
    assert judged(BECAME, said("supports", 0.9, wording="apart")).label is Label.PROVEN


def test_what_would_settle_it_asks_for_no_proof_by_a_day_that_has_passed() -> None:
    claim = claim_of("The port is open.")
    old = said("plans", 0.9, on="2024-05-01", deadline="2025-07-31")
    new = said("plans", 0.9, on="2025-12-01")
    assert "July 2025" not in judged(claim, old, new).would_settle
    assert "July 2025" in judged(claim, old).would_settle


def test_citations_carry_the_relation_as_the_policy_took_it() -> None:
    torn = said("supports", 0.6, rest={"plans": 0.2}, committed=True, rung="announced")
    (cited,) = judged(BECAME, torn).supporting
    assert cited.relation == "plans"
    assert abs(sum(cited.probabilities.values()) - 1) < 1e-9


def test_a_denial_that_lacks_what_the_support_gives_is_of_another_event() -> None:
    support = said("supports", 0.8, by="Gazette")
    other_event = said("refutes", 0.75, differences=NO_NUMBER + NO_DATE + NO_NAME)
    same_event = said("refutes", 0.75, differences=NO_NUMBER)
    assert judged(SIGNED, support, other_event).label is Label.PROVEN
    assert judged(SIGNED, support, same_event).basis is Basis.MIXED


def test_a_denial_with_another_number_counts_whatever_else_it_lacks() -> None:
    conflict = (Difference(kind="number", outcome="conflict", claimed="54", found="45"),)
    denial = said("refutes", 0.75, differences=conflict + NO_DATE + NO_NAME)
    assert judged(SIGNED, said("supports", 0.8, by="Gazette"), denial).basis is Basis.MIXED


def test_alone_a_denial_counts_whatever_it_lacks() -> None:
    assert judged(SIGNED, said("refutes", 0.8, differences=NO_NUMBER + NO_DATE)).basis is Basis.CONTRADICTED


def test_a_plan_still_told_of_after_the_day_that_the_claim_gives_is_not_overdue() -> None:
    began = claim_of("Construction of the ships began on 10 January 2025.")
    later = said("plans", 0.8, on="2025-01-13", rung="under_way")
    earlier = said("plans", 0.8, on="2024-12-13", rung="under_way")
    assert judged(began, later, claim_deadline="2025-01-10").rule == "planned"
    assert judged(began, earlier, claim_deadline="2025-01-10").rule == "overdue"


def test_figures_that_follow_from_those_of_a_sentence_speak_for_it_and_not_against_it() -> None:
    torn = {"rest": {"refutes": 0.35}}
    assert judged(SIGNED, said("supports", 0.45, **torn)).label is not Label.PROVEN
    assert judged(SIGNED, said("supports", 0.55, reckoned=True, **torn)).label is Label.PROVEN
    assert judged(SIGNED, said("refutes", 0.9, reckoned=True)).basis is Basis.CONTRADICTED
