"""The policy, row by row of the decision table: what is said of a claim, and the decision that follows."""

from pathlib import Path

import pytest
from decide_cases import POLICY, said

from claimcheck.decide import RULES, decide
from claimcheck.errors import BadRow
from evals.decisions import AS_OF, FILE, WantedDecision, claim_of, decided, evidence, read_decisions, right_of, wrong_in

ROWS = read_decisions()


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_each_row_of_the_table_is_decided_as_it_should_be(row: WantedDecision) -> None:
    assert wrong_in(row) == []


def test_every_rule_has_a_row() -> None:
    assert {row.rule for row in ROWS} == {rule.__name__ for rule in RULES}


def test_what_is_decided_otherwise_is_told() -> None:
    row = next(row for row in ROWS if row.name == "one report proves")
    other = row.model_copy(update={"rule": "planned", "supporting": (1,), "confidence": 0.1})
    assert wrong_in(other) == [
        "rule 'supported' for 'planned'",
        "confidence 0.9 for 0.1",
        "supporting [0] for [1]",
    ]
    assert right_of([row, other]) == {"supported": 1.0, "planned": 0.0}


def test_a_row_that_stands_twice_is_named(tmp_path: Path) -> None:
    line = FILE.read_text(encoding="utf-8").splitlines()[0] + "\n"
    file = tmp_path / "decisions.jsonl"
    file.write_text(line + line, encoding="utf-8")
    with pytest.raises(BadRow, match=r"decisions\.jsonl, line 2: there is another row 'one report proves'"):
        read_decisions(file)


def test_flags_come_in_one_order() -> None:
    own = said("supports", 0.55, by="Acme Ltd", kind="company_statement")
    assert decided(claim_of("Acme employs 5,000 people."), own).flags == ("unsure", "self_sourced", "single_source")


def test_a_document_that_is_not_given_is_an_error() -> None:
    judgements, _ = evidence(said("supports"))
    with pytest.raises(KeyError, match="d0"):
        decide(claim_of("The plant opened."), judgements, {}, as_of=AS_OF, policy=POLICY)
