"""The policy, case by case: what is said of a claim, and the verdict that follows."""

# ruff: noqa: E501 (one case a line reads as a table)

from dataclasses import dataclass, field
from typing import Any

import pytest
from decide_cases import (
    AS_OF,
    NO_NUMBER,
    OTHER_DATE,
    OTHER_NUMBER,
    OTHER_RUNG,
    POLICY,
    STRICT,
    Said,
    claim_of,
    evidence,
    judged,
    said,
)

from claimcheck.decide import RULES, Policy, decide


@dataclass(frozen=True)
class Row:
    name: str
    claim: str
    said: list[Said]
    rule: str
    verdict: str
    flags: str = ""
    kind: str = "fact"
    speaker: str | None = None
    policy: Policy = POLICY
    context: dict[str, Any] = field(default_factory=dict)


def row(name: str, claim: str, sentences: list[Said], rule: str, verdict: str, flags: str = "", **more: Any) -> Row:
    own = {key: more.pop(key) for key in ("kind", "speaker", "policy") if key in more}
    return Row(name, claim, sentences, rule, verdict, flags, **own, context=more)


PROVEN, PLANNED = "proven supported", "aspirational planned"
SUPPORTED, OVERDUE, HEDGED = "speculative supported", "speculative planned", "speculative hedged"
NOTHING, CONTRADICTED, MIXED = "speculative no_evidence", "speculative contradicted", "speculative mixed"

OPENED = "The plant in Leeds opened in May 2025."
STAFF = "Acme employs 5,000 people."
WILL_OPEN = "Acme will open a plant in Leeds."
TEN_SITES = "Acme will build ten sites by 2027."
DEAL = "Acme agreed a 2 bn deal with Peru."
BY_ACME = {"by": "Acme Ltd", "kind": "company_statement"}
BY_REGULATOR = {"by": "Rail Regulator", "kind": "official_statement"}
DENIED = {"refutes": 0.05}
TWICE = [said("supports"), said("supports", by="Evening Post")]

ROWS = [
    # -- supported
    row("one report proves", OPENED, [said("supports")], "supported", PROVEN, "single_source"),
    row("two publishers are two sources", OPENED, TWICE, "supported", PROVEN),
    row("one publisher twice is one source", OPENED, [said("supports"), said("supports")], "supported", PROVEN, "single_source"),
    row("one host is one source", OPENED, [said("supports", by=None, url="https://www.news.example/a"), said("supports", by="News", url="https://news.example/b")], "supported", PROVEN, "single_source"),
    row("a publisher joins two hosts", OPENED, [said("supports", by="A", url="https://a.example/1"), said("supports", by="B", url="https://b.example/1"), said("supports", by="A", url="https://b.example/2")], "supported", PROVEN, "single_source"),
    row("sources that one joins stay joined", OPENED, [said("supports", by="A", url="https://a.example/1"), said("supports", by="B", url="https://b.example/1"), said("supports", by="A", url="https://b.example/2"), said("supports", by="C", url="https://a.example/3")], "supported", PROVEN, "single_source"),
    row("no publisher, no host: each file is a source", OPENED, [said("supports", by=None), said("supports", by=None)], "supported", PROVEN),
    row("an address that is none names no host", OPENED, [said("supports", by=None, url="http://[x"), said("supports", by=None, url="http://[x")], "supported", PROVEN),
    row("support that is not sure enough proves nothing", OPENED, [said("supports", 0.55)], "weak_support", SUPPORTED, "unsure single_source"),
    row("support below settled is no evidence", OPENED, [said("supports", 0.45, rest={"plans": 0.3})], "no_evidence", NOTHING, "unsure"),
    row("support at the threshold proves", OPENED, [said("supports", 0.6)], "supported", PROVEN, "single_source"),
    row("support at settled is not unrelated", OPENED, [said("supports", 0.5)], "weak_support", SUPPORTED, "unsure single_source"),
    row("support beats plans", OPENED, [said("plans", 0.99), said("supports", 0.7)], "supported", PROVEN, "single_source"),
    row("support beats guesses", OPENED, [said("hedges", 0.99), said("supports", 0.7)], "supported", PROVEN, "single_source"),
    row("a plan that was delivered is proven", WILL_OPEN, [said("supports", rung="delivered")], "supported", PROVEN, "single_source", kind="plan"),
    row("the signing is proven by the signing", "Acme signed a framework agreement for 54 tanks.", [said("supports", rung="memorandum")], "supported", PROVEN, "single_source"),
    row("what it promises is only planned", "Peru will receive 54 tanks from Acme.", [said("plans", rung="memorandum")], "planned", PLANNED, "single_source", kind="plan"),
    row("nearly 5,000 and 4,873 do not differ", "Acme employs nearly 5,000 people.", TWICE, "supported", PROVEN),
    # -- details
    row("another number contradicts", STAFF, [said("supports", differences=OTHER_NUMBER)], "conflict", CONTRADICTED),
    row("another date contradicts", OPENED, [said("supports", differences=OTHER_DATE)], "conflict", CONTRADICTED),
    row("a planned date that differs contradicts", WILL_OPEN, [said("plans", differences=OTHER_DATE)], "conflict", CONTRADICTED, kind="plan"),
    row("a memorandum contradicts a deal", DEAL, [said("plans", differences=OTHER_RUNG, rung="memorandum")], "conflict", CONTRADICTED),
    row("a clean source outdoes one with another number", STAFF, [said("supports", 0.95, differences=OTHER_NUMBER), said("supports", 0.8)], "supported", PROVEN, "single_source"),
    row("a clean plan outdoes support with another number", STAFF, [said("supports", 0.95, differences=OTHER_NUMBER), said("plans", 0.8)], "planned", PLANNED, "unsure single_source"),
    row("a missing number does not block sure support", STAFF, [said("supports", 0.9, differences=NO_NUMBER)], "supported", PROVEN, "single_source"),
    row("a missing number blocks support that is less sure", STAFF, [said("supports", 0.7, differences=NO_NUMBER)], "weak_support", SUPPORTED, "unsure single_source"),
    row("a conflict below settled is no evidence", STAFF, [said("supports", 0.4, differences=OTHER_NUMBER)], "no_evidence", NOTHING),
    row("a conflict outweighs a guess", STAFF, [said("supports", differences=OTHER_NUMBER), said("hedges")], "conflict", CONTRADICTED),
    row("a denial with a conflict still denies", STAFF, [said("refutes", differences=OTHER_NUMBER)], "contradicted", CONTRADICTED),
    row("a guess with a conflict is a guess", STAFF, [said("hedges", differences=OTHER_NUMBER)], "hedged", HEDGED),
    # -- contradicted, mixed
    row("the regulator says that it is not open", OPENED, [said("refutes", **BY_REGULATOR)], "contradicted", CONTRADICTED),
    row("equal rank, same day: mixed", OPENED, [said("supports"), said("refutes", by="Evening Post")], "mixed", MIXED),
    row("equal rank, no days: mixed", OPENED, [said("supports", on=None), said("refutes", by="Evening Post", on=None)], "mixed", MIXED),
    row("one undated: no order in time", OPENED, [said("supports", on=None), said("refutes", by="Evening Post")], "mixed", MIXED),
    row("a later denial beats support", OPENED, [said("supports"), said("refutes", on="2025-07-01")], "contradicted", CONTRADICTED),
    row("later support beats a denial", OPENED, [said("refutes"), said("supports", on="2025-07-01")], "supported", PROVEN, "single_source"),
    row("support must be later than every denial", OPENED, [said("refutes"), said("refutes", on=None), said("supports", on="2025-07-01")], "mixed", MIXED),
    row("days apart that the policy does not count", OPENED, [said("supports"), said("refutes", on="2025-06-03")], "mixed", MIXED, policy=Policy(later_by_days=7)),
    row("a weightier denial beats support of the day", OPENED, [said("supports"), said("refutes", **BY_REGULATOR)], "contradicted", CONTRADICTED),
    row("weightier support beats a denial of the day", OPENED, [said("refutes"), said("supports", **BY_REGULATOR)], "supported", PROVEN, "single_source"),
    row("the weightiest of each side is compared", OPENED, [said("supports", kind="primary_record"), said("supports", kind="social"), said("refutes", **BY_REGULATOR)], "supported", PROVEN, "single_source"),
    row("one day apart is later", OPENED, [said("supports"), said("refutes", on="2025-06-02")], "contradicted", CONTRADICTED),
    row("a source of unknown kind ranks as news", OPENED, [said("supports", kind=None), said("refutes")], "mixed", MIXED),
    row("later news beats an earlier record", OPENED, [said("refutes", kind="primary_record"), said("supports", on="2025-07-01")], "supported", PROVEN, "single_source"),
    row("later hearsay does not beat a report", OPENED, [said("supports"), said("refutes", on="2025-07-01", kind="social")], "supported", PROVEN, "single_source"),
    row("later hearsay beats earlier hearsay", OPENED, [said("supports", kind="social"), said("refutes", on="2025-07-01", kind="social")], "contradicted", CONTRADICTED),
    row("a denial of little weight does not oppose", OPENED, [said("supports", 0.95), said("refutes", 0.55, by="Evening Post")], "supported", PROVEN, "unsure single_source"),
    row("a denial of like weight opposes", OPENED, [said("supports", 0.95), said("refutes", 0.7, by="Evening Post")], "mixed", MIXED),
    row("a denial at the ratio is of like weight", OPENED, [said("supports", 0.9), said("refutes", 0.9)], "mixed", MIXED, policy=Policy(opposed_ratio=1)),
    row("weak support and a denial disagree", OPENED, [said("supports", 0.55), said("refutes", by="Evening Post")], "mixed", MIXED),
    row("a denial beats guesses", OPENED, [said("hedges", 0.99), said("refutes", 0.6)], "contradicted", CONTRADICTED),
    row("a fine contradicts never fined", "Acme was never fined.", [said("refutes", kind="primary_record")], "contradicted", CONTRADICTED),
    row("an exhaustive register proves never fined", "Acme was never fined.", [said("supports", kind="primary_record")], "supported", PROVEN, "single_source"),
    # -- time
    row("evidence from after the day is left out", OPENED, [said("supports", on="2026-02-01")], "no_evidence", NOTHING),
    row("evidence of the day itself counts", OPENED, [said("supports", on="2026-01-15")], "supported", PROVEN, "single_source"),
    row("evidence without a day is kept", OPENED, [said("supports", on=None)], "supported", PROVEN, "single_source"),
    row("what is older than the event shows a plan at most", OPENED, [said("supports", on="2025-04-30")], "planned", PLANNED, "single_source", event_start="2025-05-01"),
    row("what is of the event's first day may prove it", OPENED, [said("supports", on="2025-05-01")], "supported", PROVEN, "single_source", event_start="2025-05-01"),
    row("undated evidence may prove a dated event", OPENED, [said("supports", on=None)], "supported", PROVEN, "single_source", event_start="2025-05-01"),
    row("a present state with an old filing is stale", STAFF, [said("supports", on="2022-03-01")], "stale", SUPPORTED, "single_source stale", present_state=True),
    row("a past state with an old filing is proven", "Acme had 900 staff in 2022.", [said("supports", on="2022-03-01")], "supported", PROVEN, "single_source"),
    row("weak support of a present state may be stale too", STAFF, [said("supports", 0.55, on="2022-03-01")], "weak_support", SUPPORTED, "unsure single_source stale", present_state=True),
    row("one newer source keeps it fresh", STAFF, [said("supports", on="2022-03-01"), said("supports")], "supported", PROVEN, "single_source", present_state=True),
    row("a source without a day is not stale", STAFF, [said("supports", on=None)], "supported", PROVEN, "single_source", present_state=True),
    row("stale on the day after the limit", STAFF, [said("supports", on="2026-01-04")], "stale", SUPPORTED, "single_source stale", present_state=True, policy=Policy(stale_after_days=10)),
    row("not stale on the limit", STAFF, [said("supports", on="2026-01-05")], "supported", PROVEN, "single_source", present_state=True, policy=Policy(stale_after_days=10)),
    # -- self-sourced
    row("own release, flagged", "Acme is certified neutral.", [said("supports", **BY_ACME)], "supported", PROVEN, "self_sourced single_source"),
    row("own release, strict", "Acme is certified neutral.", [said("supports", **BY_ACME)], "self_sourced", SUPPORTED, "self_sourced single_source", policy=STRICT),
    row("a registry entry proves it in the strict mode", "Acme is certified neutral.", [said("supports", **BY_ACME), said("supports", by="Registry", kind="primary_record")], "supported", PROVEN, "single_source", policy=STRICT),
    row("the speaker's own publication is self-sourced", OPENED, [said("supports", by="ACME")], "supported", PROVEN, "self_sourced single_source", speaker="a spokesperson for Acme"),
    row("the issuer's newsroom is self-sourced", OPENED, [said("supports", by="Acme Newsroom")], "supported", PROVEN, "self_sourced single_source", issuer="Acme, Inc."),
    row("a legal form alone is no name", OPENED, [said("supports", by="S.A.")], "supported", PROVEN, "single_source", issuer="Acme S.A."),
    row("one independent source suffices", OPENED, [said("supports", **BY_ACME), said("supports")], "supported", PROVEN),
    row("strict: own word does not beat a denial", OPENED, [said("refutes"), said("supports", on="2025-07-01", **BY_ACME)], "contradicted", CONTRADICTED, policy=STRICT),
    row("strict: own word beside an independent plan", OPENED, [said("plans"), said("supports", **BY_ACME)], "planned", PLANNED, "single_source", policy=STRICT),
    row("strict: own word beside own plan", OPENED, [said("plans", **BY_ACME), said("supports", **BY_ACME)], "self_sourced", SUPPORTED, "self_sourced single_source", policy=STRICT),
    row("strict: own plan is a plan", WILL_OPEN, [said("plans", **BY_ACME)], "planned", PLANNED, "self_sourced single_source", policy=STRICT, kind="plan"),
    # -- planned
    row("a plan makes it aspirational", WILL_OPEN, [said("plans")], "planned", PLANNED, "single_source", kind="plan"),
    row("worded as done, shown only planned", OPENED, [said("plans")], "planned", PLANNED, "single_source"),
    row("the CEO's plan", "Acme will double output.", [said("plans", **BY_ACME)], "planned", PLANNED, "self_sourced single_source", kind="quotation", speaker="Acme's CEO"),
    row("the analyst's guess", "Acme will double output.", [said("hedges", kind="analysis")], "hedged", HEDGED, kind="quotation", speaker="an analyst"),
    row("a plan beats guesses", WILL_OPEN, [said("hedges", 0.99), said("plans", 0.6)], "planned", PLANNED, "single_source", kind="plan"),
    row("weak support beside a plan", OPENED, [said("supports", 0.55), said("plans", 0.9)], "planned", PLANNED, "unsure single_source"),
    row("ten sites, four built", TEN_SITES, [said("plans", progress=(4, 10))], "partial", PLANNED, "single_source partial", kind="plan", claim_deadline="2027-12-31"),
    row("four of ten does not prove ten", TEN_SITES, [said("supports", progress=(4, 10))], "partial", PLANNED, "single_source partial", kind="plan", claim_deadline="2027-12-31"),
    row("four of ten does not deny what is not yet due", TEN_SITES, [said("refutes", progress=(4, 10), differences=OTHER_NUMBER)], "partial", PLANNED, "single_source partial", kind="plan", claim_deadline="2027-12-31"),
    row("four of ten denies what was due", TEN_SITES, [said("refutes", progress=(4, 10))], "contradicted", CONTRADICTED, kind="plan", claim_deadline="2025-12-31"),
    row("four of ten on the last day does not deny", TEN_SITES, [said("refutes", progress=(4, 10))], "partial", PLANNED, "single_source partial", kind="plan", claim_deadline="2026-01-15"),
    row("four of ten denies that ten are built", "Acme built ten sites.", [said("refutes", progress=(4, 10))], "contradicted", CONTRADICTED),
    row("ten of ten proves", TEN_SITES, [said("supports", progress=(10, 10))], "supported", PROVEN, "single_source", kind="plan"),
    row("ten of ten planned is planned", TEN_SITES, [said("plans", progress=(10, 10))], "planned", PLANNED, "single_source", kind="plan"),
    row("four built is proven", "Acme built four sites.", TWICE, "supported", PROVEN),
    # -- cancelled, missed
    row("a dropped plan", WILL_OPEN, [said("plans", rest=DENIED, cancelled=True)], "cancelled", CONTRADICTED, kind="plan"),
    row("words of dropping alone drop nothing", WILL_OPEN, [said("plans", rest={"refutes": 0.04}, cancelled=True)], "planned", PLANNED, "single_source", kind="plan"),
    row("a denial that the plan goes on", WILL_OPEN, [said("refutes", cancelled=True)], "cancelled", CONTRADICTED, kind="plan"),
    row("plan first, dropped later", WILL_OPEN, [said("plans"), said("plans", on="2025-07-01", rest=DENIED, cancelled=True)], "cancelled", CONTRADICTED, kind="plan"),
    row("dropped first, taken up later", WILL_OPEN, [said("plans", rest=DENIED, cancelled=True), said("plans", on="2025-07-01")], "planned", PLANNED, "unsure single_source", kind="plan"),
    row("dropped and planned on one day", WILL_OPEN, [said("plans"), said("plans", rest=DENIED, cancelled=True)], "cancelled", CONTRADICTED, kind="plan"),
    row("dropped and planned without days", WILL_OPEN, [said("plans", on=None), said("refutes", on=None)], "contradicted", CONTRADICTED, kind="plan"),
    row("a faint denial does not drop a plan", WILL_OPEN, [said("plans", 0.9), said("refutes", 0.55)], "planned", PLANNED, "unsure single_source", kind="plan"),
    row("that it was dropped may be the claim itself", "Acme dropped its plan.", [said("supports", cancelled=True)], "supported", PROVEN, "single_source"),
    row("four of ten, and then dropped", TEN_SITES, [said("refutes", progress=(4, 10), cancelled=True)], "cancelled", CONTRADICTED, kind="plan", claim_deadline="2027-12-31"),
    # -- overdue
    row("the claim's day passed in silence", "Acme will open in 2024.", [said("plans", on="2023-05-01")], "overdue", OVERDUE, "single_source overdue", kind="plan", claim_deadline="2024-12-31"),
    row("the sentence's day passed in silence", WILL_OPEN, [said("plans", on="2023-05-01", deadline="2024-12-31")], "overdue", OVERDUE, "single_source overdue", kind="plan"),
    row("the day itself is not yet over", WILL_OPEN, [said("plans", deadline="2026-01-15")], "planned", PLANNED, "single_source", kind="plan"),
    row("a new day was named", WILL_OPEN, [said("plans", on="2023-05-01", deadline="2024-12-31"), said("plans", on="2025-05-01", deadline="2027-12-31")], "planned", PLANNED, "single_source", kind="plan"),
    row("renewed after its day", WILL_OPEN, [said("plans", on="2023-05-01", deadline="2024-12-31"), said("plans", on="2025-05-01")], "planned", PLANNED, "single_source", kind="plan"),
    row("an older plan without a day does not renew it", WILL_OPEN, [said("plans", on="2023-05-01", deadline="2024-12-31"), said("plans", on="2023-06-01")], "overdue", OVERDUE, "single_source overdue", kind="plan"),
    row("a plan of the day itself does not renew it", WILL_OPEN, [said("plans", on="2023-05-01", deadline="2024-12-31"), said("plans", on="2024-12-31")], "overdue", OVERDUE, "single_source overdue", kind="plan"),
    row("the last of two days that passed is the one to renew", WILL_OPEN, [said("plans", on="2023-05-01", deadline="2023-12-31"), said("plans", on="2023-05-01", deadline="2024-12-31"), said("plans", on="2024-06-01")], "overdue", OVERDUE, "single_source overdue", kind="plan"),
    row("overdue with some of it done", TEN_SITES, [said("plans", on="2023-05-01", progress=(4, 10))], "overdue", OVERDUE, "single_source overdue partial", kind="plan", claim_deadline="2024-12-31"),
    row("weak support breaks the silence", WILL_OPEN, [said("plans", deadline="2024-12-31"), said("supports", 0.55)], "weak_support", SUPPORTED, "unsure single_source", kind="plan"),
    row("delivered after its day is proven", WILL_OPEN, [said("plans", on="2023-05-01", deadline="2024-12-31"), said("supports")], "supported", PROVEN, "single_source", kind="plan"),
    row("silence from the start", "Acme will open in 2024.", [], "no_evidence", NOTHING, "overdue", kind="plan", claim_deadline="2024-12-31"),
    row("silence on the last day", "Acme will open in 2024.", [], "no_evidence", NOTHING, kind="plan", claim_deadline="2026-01-15"),
    row("a fact has no deadline to miss", "Acme opened by 2024.", [], "no_evidence", NOTHING, claim_deadline="2024-12-31"),
    row("a guess whose day passed", "Acme could open in 2024.", [said("hedges")], "hedged", HEDGED, "overdue", kind="prediction", claim_deadline="2024-12-31"),
    # -- conditional
    row("waits for approval", "If approved, Acme launches in Q3.", [said("plans", conditional=True)], "conditional", HEDGED, "single_source conditional", kind="plan"),
    row("a bare mention of the day does not lift the condition", WILL_OPEN, [said("plans", conditional=True), said("plans")], "conditional", HEDGED, "single_source conditional", kind="plan"),
    row("a later plan without it does", WILL_OPEN, [said("plans", conditional=True), said("plans", on="2025-07-01", rung="funded_or_permitted")], "planned", PLANNED, "single_source", kind="plan"),
    row("a condition set later holds", WILL_OPEN, [said("plans"), said("plans", on="2025-07-01", conditional=True)], "conditional", HEDGED, "single_source conditional", kind="plan"),
    row("approved and done", WILL_OPEN, [said("plans", conditional=True), said("supports")], "supported", PROVEN, "single_source", kind="plan"),
    row("conditional and overdue is overdue", WILL_OPEN, [said("plans", conditional=True, deadline="2024-12-31")], "overdue", OVERDUE, "single_source overdue", kind="plan"),
    row("a guess that waits on a condition", WILL_OPEN, [said("hedges", conditional=True)], "conditional", HEDGED, "conditional", kind="plan"),
    row("a surer guess that waits on none", WILL_OPEN, [said("hedges", 0.7, conditional=True), said("hedges", 0.9)], "hedged", HEDGED, kind="plan"),
    # -- hedged, nothing
    row("only guessed", WILL_OPEN, [said("hedges")], "hedged", HEDGED, kind="prediction"),
    row("no evidence at all", OPENED, [], "no_evidence", NOTHING),
    row("never fined, nothing found", "Acme was never fined.", [said("unrelated", 0.95)], "no_evidence", NOTHING),
    row("nothing settled, both ways", OPENED, [said("supports", 0.45, rest={"plans": 0.3}), said("refutes", 0.45, rest={"hedges": 0.2})], "no_evidence", NOTHING, "unsure"),
    row("nothing related, faintly", OPENED, [said("unrelated", 0.4)], "no_evidence", NOTHING),
    row("nothing related", OPENED, [said("unrelated", 0.98)], "no_evidence", NOTHING),
]  # fmt: skip


@pytest.mark.parametrize("case", ROWS, ids=lambda case: case.name)
def test_each_case_has_its_verdict(case: Row) -> None:
    claim = claim_of(case.claim, case.kind, case.speaker)
    decision = judged(claim, *case.said, policy=case.policy, **case.context)
    assert decision.rule == case.rule
    assert f"{decision.label} {decision.basis}" == case.verdict
    assert sorted(decision.flags) == sorted(case.flags.split())


def test_every_rule_has_a_case() -> None:
    assert {case.rule for case in ROWS} == {rule.__name__ for rule in RULES}
    assert len(ROWS) == len({case.name for case in ROWS})


def test_flags_come_in_one_order() -> None:
    flags = judged(claim_of(STAFF), said("supports", 0.55, **BY_ACME)).flags
    assert flags == ("unsure", "self_sourced", "single_source")


def test_a_document_that_is_not_given_is_an_error() -> None:
    judgements, _ = evidence(said("supports"))
    with pytest.raises(KeyError, match="d0"):
        decide(claim_of(OPENED), judgements, {}, as_of=AS_OF, policy=POLICY)
