"""The section on what a verdict costs with a language model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from evals.pages.tables import DASH, Section, Table, count, row
from evals.parts import Measured

_QUALITY: Final = ("macro_f1", "f1_of_proven", "precision_of_proven", "recall_of_proven")
_OURS: Final = {"claimcheck, cascade": "cascade", "claimcheck, language model only": "language model only"}


def section(results: Sequence[Measured]) -> Section:
    """What each system asks a model for, how good it is, and how the others compare with ours."""
    tables = [table for result in results for table in (_costs(result), _ratios(result), _quality(result))]
    prose = [text for result in results for text in _prose(result)]
    return Section("What a verdict costs with a language model", tuple(prose), tuple(tables))


def _prose(result: Measured) -> list[str]:
    n = result["claims"]
    quotes = result["figures"]["quotes"].items()
    server = f" at `{result['server']}`" if result["server"] else ""
    return [
        *([f"\\* Not measured in this run; from {result['source']}."] if result.get("source") else []),
        f"{n} claims of {result['set']}, chosen by hash over bases and pairs of languages, each with the passages that "
        f"retrieval gives ({result['passages']:.1f} on average); model `{result['model']}`"
        f"{server}, temperature 0, one call at a time. Tokens are "
        "those that the server counted. Time is given as ratios of one run alone, in which the systems took turns; "
        "claimcheck's includes its retrieval and its local verifier, that of the others their calls alone. "
        "Explanations, which come after a verdict, are off. What the cascade passes on is the question that is asked "
        "with the language model only; it is asked once, and counted in full for both.",
        *(_about(peer) for peer in result["peers"]),
        "Others answer true or false, and know nothing like `aspirational`: what they support is taken as proven, "
        "what they refute or find nothing on as speculative. Proven against all else is the comparison in which they "
        "lose nothing by that.",
        *(
            f"Of the {of} quotes that {name} wrote, {verbatim} stand in the evidence; claimcheck's are cut from it."
            for name, (verbatim, of) in quotes
        ),
    ]


def _about(peer: Mapping[str, Any]) -> str:
    return f"**{peer['name']}** ({peer['source']}; {peer['version']}; {peer['licence']}). {' '.join(peer['facts'])}"


def _costs(result: Measured) -> Table:
    rows = tuple(
        (
            name,
            f"{found['asked']:.0%}",
            f"{found['calls']:.2f}",
            count(found["prompt_tokens"]),
            count(found["cached_prompt_tokens"]),
            count(found["completion_tokens"]),
            count(found["unusable"]),
            count(found["unchecked"]),
        )
        for name, found in result["figures"]["cost"].items()
    )
    unmetered = sum(found["unmetered"] for found in result["figures"]["cost"].values())
    lacking = f" The server did not count the tokens of {unmetered:.0f} calls." if unmetered else ""
    note = (
        "Calls and tokens are means over all claims. *Read before*: prompt tokens that the server had kept from an "
        "earlier prompt. *Unusable*: replies that could not be used, over all claims; *unchecked*: claims that "
        "have no label because of that." + lacking
    )
    head = (
        "", "claims asked about", "calls a claim", "prompt tokens", "read before", "reply tokens", "unusable",
        "unchecked",
    )  # fmt: skip
    return Table(f"A claim of {result['set']}", head, rows, note)


def _ratios(result: Measured) -> Table:
    ratios = result["figures"]["ratios"]
    timed = {found["timed"] for of in ratios.values() for found in of.values()}
    rows = tuple(
        (
            name,
            *(
                _times(ratios[ours].get(name, {}).get(what))
                for ours in _OURS
                for what in ("calls", "prompt_tokens", "completion_tokens", "seconds")
            ),
        )
        for name in result["figures"]["cost"]
    )
    head = (
        "",
        *(
            f"{what}, of {short}"
            for short in _OURS.values()
            for what in ("calls", "prompt tokens", "reply tokens", "time")
        ),
    )
    note = f"Time: over the claims that both were measured on in one run, {min(timed):.0f} or more." if timed else ""
    return Table(f"How many times as much, {result['set']}", head, rows, note)


def _times(value: float | None) -> str:
    return DASH if value is None else f"{value:.2f}"


def _quality(result: Measured) -> Table:
    rows = tuple(row(name, found, _QUALITY) for name, found in result["figures"]["quality"].items())
    head = ("", "macro-F1, three labels", "F1, proven or not", "precision of proven", "recall of proven")
    note = (
        f"On {result['claims']} claims the ranges are wide. *By majority*: a claim that more evidence is said to "
        "support than to refute is taken as proven. *Majority label*: always the most frequent one."
    )
    return Table(f"Quality on the same claims, {result['set']}", head, rows, note)
