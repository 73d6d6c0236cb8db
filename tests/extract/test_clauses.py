"""Which runs of a sentence become its claims."""

import numpy as np
import pytest

from claimcheck.extract.candidates import Candidates
from claimcheck.extract.clauses import choose_runs, strongest_run
from claimcheck.extract.local import LocalExtractor
from claimcheck.models import load_embedder
from claimcheck.settings import Settings
from claimcheck.types import Document


def candidates(*runs: tuple[int, int]) -> Candidates:
    first, last = np.array(runs, np.int64).reshape(-1, 2).T
    return Candidates(first, last, np.zeros((len(runs), 0), np.float32), np.zeros((len(runs), 0), np.float32))


def scores(*values: float) -> np.ndarray:
    return np.array(values, np.float32)


def test_two_halves_that_score_more_together_beat_the_whole() -> None:
    found = candidates((0, 0), (0, 1), (1, 1))
    assert choose_runs(found, scores(0.9, 0.95, 0.8), 0.4) == (0, 2)


def test_a_run_below_the_cost_is_not_chosen() -> None:
    assert choose_runs(candidates((0, 0)), scores(0.39), 0.4) == ()


def test_the_strongest_run_is_there_where_any_is() -> None:
    assert strongest_run(scores(0.1, 0.3, 0.2)) == (1,)
    assert strongest_run(scores()) == ()


@pytest.mark.parametrize(
    "text",
    [
        "Halden Airways has received 20 jets from Corvane. The airline took delivery of the first one on Monday in "
        "Porto. The rest of the order will follow by 2028.",
        "Ein Jahr in Zahlen\n\nDie Stadtwerke haben 2024 zwölf Kilometer Leitung erneuert. Das kostete 4 Millionen "
        "Euro. Bis 2027 sollen acht weitere folgen.",
    ],
)
def test_no_sentence_taken_to_hold_a_claim_is_passed_over(text: str) -> None:
    extractor = LocalExtractor(load_embedder(Settings()))
    claims, skipped = extractor.extract(Document(id="d", text=text))
    stated = [sentence for sentence in text.split("\n")[-1].split(". ") if sentence]
    assert len({claim.span.start for claim in claims}) >= len(stated), skipped
