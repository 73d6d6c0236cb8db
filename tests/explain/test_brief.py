"""A checked article on one page."""

from datetime import date

import pytest

from claimcheck.explain.backing import VerifierBacking
from claimcheck.explain.brief import ask_brief, plain_brief
from claimcheck.llm.replies import Brief
from claimcheck.report.brief import write
from claimcheck.types import Basis, CorpusSearched, Document, Label, Report, Span, Unchecked, Verdict

CLAIMS = (
    (Label.PROVEN, Basis.SUPPORTED, "The plant opened in 2024."),
    (Label.ASPIRATIONAL, Basis.PLANNED, "The plant will make 40 buses a year."),
    (None, None, "The plant smells of paint."),
    (Label.SPECULATIVE, Basis.CONTRADICTED, "The plant employs 900 people."),
    (Label.SPECULATIVE, Basis.NO_EVIDENCE, "The plant is <b>liked</b>."),
)


@pytest.fixture
def report() -> Report:
    findings = []
    for number, (label, basis, claim) in enumerate(CLAIMS):
        stated = {"id": f"c{number}", "claim": claim, "span": Span(start=0, end=len(claim)), "quote": claim}
        if label is None:
            findings.append(Unchecked(**stated, reason="The server is away.", next_step="Try again."))
        else:
            findings.append(
                Verdict(
                    **stated, label=label, basis=basis, confidence=0.9, rule="r",
                    would_settle="A report that states it.",
                )
            )  # fmt: skip
    text = " ".join(claim for *_, claim in CLAIMS)
    return Report(
        claimcheck="0", document=Document(id="d", text=text, title="A [plant](x)"), as_of=date(2025, 12, 31),
        findings=tuple(findings), models=(), settings={},
        corpus=CorpusSearched(location="lib", fingerprint="f", documents=1, passages=1, newest=None),
    )  # fmt: skip


class OneReply:
    """A door behind which one reply waits."""

    name = "openai:fake"

    def __init__(self, **parts: list[tuple[str, list[int]]]) -> None:
        self.parts = parts

    def ask(self, task: str, variables: dict, reply: type[Brief]) -> "OneReply":
        assert task == "brief"
        assert len(variables["verdicts"]) == 4
        given = {
            part: tuple({"text": text, "verdicts": tuple(numbers)} for text, numbers in self.parts.get(part, ()))
            for part in Brief.model_fields
        }
        self.value = Brief.model_validate(given, context={"verdicts": 4})
        return self


def lines(page) -> dict[str, list[tuple[str, tuple[int, ...]]]]:
    return {part: [(line.text, line.claims) for line in kept] for part, kept in page.parts.items()}


def test_the_plain_page_says_each_verdict_under_its_label(report: Report) -> None:
    page = plain_brief(report)
    assert lines(page)["proven"] == [("The plant opened in 2024.", (1,))]
    assert lines(page)["aspirational"] == [("The plant will make 40 buses a year (planned).", (2,))]
    assert lines(page)["speculative"][0] == ("The plant employs 900 people (contradicted).", (4,))
    assert lines(page)["outlook"] == [("A report that states it.", (4, 2, 5))]


def test_the_page_escapes_and_names_what_is_unchecked(report: Report) -> None:
    text = write(plain_brief(report))
    assert "<b>" not in text.replace("\\<b\\>", "")
    assert "A \\[plant\\]" in text
    assert "- Claims 3: the report says why." in text
    assert "without a language model" in text


def test_a_sentence_that_cites_no_verdict_is_cut(report: Report, backing: VerifierBacking) -> None:
    door = OneReply(outlook=[("Watch the court.", []), ("Watch the buses.", [2])], business=[("It pays.", [])])
    page = ask_brief(report, door, backing)  # type: ignore[arg-type]
    assert lines(page) == {"outlook": [("Watch the buses.", (2,))]}
    assert page.cut == 2
    assert "2 of its sentences were left out" in write(page)


def test_so_is_one_under_a_label_that_its_verdicts_do_not_have(report: Report, backing: VerifierBacking) -> None:
    door = OneReply(proven=[("It opened.", [1]), ("It makes buses.", [1, 2]), ("It employs people.", [3])])
    assert lines(ask_brief(report, door, backing)) == {"proven": [("It opened.", (1,))]}  # type: ignore[arg-type]


def test_and_one_with_a_figure_of_its_own(report: Report, backing: VerifierBacking) -> None:
    door = OneReply(technology=[("It aims at 40 buses.", [2]), ("It aims at 4,000 buses.", [2])])
    assert lines(ask_brief(report, door, backing)) == {"technology": [("It aims at 40 buses.", (2,))]}  # type: ignore[arg-type]


def test_and_one_that_states_what_is_not_proven(report: Report, backing: VerifierBacking) -> None:
    door = OneReply(
        business=[("The plant employs 900 people.", [3]), ("The plant opened in 2024.", [1])],
        speculative=[("The plant employs 900 people.", [3])],
    )
    assert lines(ask_brief(report, door, backing)) == {  # type: ignore[arg-type]
        "business": [("The plant opened in 2024.", (1,))],
        "speculative": [("The plant employs 900 people.", (4,))],
    }


def test_and_one_that_an_earlier_part_has(report: Report, backing: VerifierBacking) -> None:
    said = "The plant opened in 2024."
    door = OneReply(proven=[(said, [1])], technology=[(said, [1])])
    page = ask_brief(report, door, backing)  # type: ignore[arg-type]
    assert lines(page) == {"proven": [(said, (1,))]}
    assert page.cut == 1


def test_numbers_are_those_of_the_claims_in_the_report(report: Report, backing: VerifierBacking) -> None:
    door = OneReply(speculative=[("A source says otherwise.", [3])])
    assert lines(ask_brief(report, door, backing)) == {"speculative": [("A source says otherwise.", (4,))]}  # type: ignore[arg-type]
