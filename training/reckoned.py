"""Step ``reckoned``: what figures that follow from those of a sentence say of its relation to the claim.

python -m training.reckoned        # sets the policy's `reckoned_odds`

Counted are the written training pairs that one sentence decides, by support or denial, and that lacks a figure of the
claim: how often the lacking figures follow from those it gives, with either relation.
"""

from __future__ import annotations

from collections import Counter

from claimcheck.text.differences import find_differences, is_reckoned
from training.sources import Pair, written_pairs


def _lacks_a_figure(pair: Pair, sentence: str) -> bool:
    differences = find_differences(
        pair.claim, pair.lang, sentence, pair.evidence_lang, claim_reference=None, sentence_reference=None
    )
    return any(difference.kind == "number" for difference in differences)


def counts(pairs: list[Pair]) -> Counter[tuple[str, bool]]:
    """How many pairs of either relation lack a figure, by whether it follows."""
    found = Counter[tuple[str, bool]]()
    for pair in pairs:
        if pair.split != "train" or pair.perturbed or pair.label not in ("supports", "refutes"):
            continue
        for index in pair.deciding or () if len(pair.deciding or ()) == 1 else ():
            sentence = pair.sentences[index]
            follows = is_reckoned(pair.claim, pair.lang, sentence, pair.evidence_lang)
            if follows or _lacks_a_figure(pair, sentence):
                found[pair.label, follows] += 1
    return found


def main() -> None:
    """Runs the step."""
    found = counts(list(written_pairs()))
    shares = {}
    for label in ("supports", "refutes"):
        lacking = found[label, True] + found[label, False]
        shares[label] = found[label, True] / lacking
        print(f"{label}: {lacking:,} lack a figure, of {shares[label]:.3f} of them it follows")
    print(f"odds {shares['supports'] / shares['refutes']:.1f}")


if __name__ == "__main__":
    main()
