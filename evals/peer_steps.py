"""The verification steps that claimcheck is compared with, from the prompts and facts in ``evals/peers/``.

Only facts of their design are taken over: what is asked, how often, of how much evidence, and how replies are put
together. Where their design leaves a choice, it is made in their favour; each file says what was left out.
"""

from __future__ import annotations

import ast
import hashlib
import json
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final, Literal

import jinja2
import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from claimcheck.errors import EvaluationError
from claimcheck.types import Basis, Label
from evals.chat import Chat, Said
from evals.cost_sample import Asked
from evals.outcomes import Outcome, Used
from evals.sets import ROOT

FOLDER: Final = ROOT / "evals" / "peers"
_FORM: Final = re.compile(r"\A---\n(.*?)\n---\n# Instructions\n(.*?)\n# Request\n(.*)\Z", re.DOTALL)
_ENVIRONMENT: Final = jinja2.Environment(
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    autoescape=False,  # noqa: S701 - plain text for a model
)
SUPPORTS, REFUTES, IRRELEVANT = "SUPPORTS", "REFUTES", "IRRELEVANT"


class Header(BaseModel):
    """What a peer's file says of it.

    Attributes:
        facts: of its design, and how it is measured here.
        their_characters: length of its own prompt without claim and evidence.
        calls: whether it asks once a claim or once a passage.
        reply: how its replies are read, see :data:`READINGS`.
        reply_tokens: the most tokens of a reply.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    source: str
    version: str
    licence: str
    facts: tuple[str, ...]
    their_characters: int | None
    calls: Literal["claim", "passage"]
    json_mode: bool
    reply: Literal["relationship", "factuality", "label"]
    reply_tokens: int = Field(ge=16)


@dataclass(frozen=True)
class PeerPrompt:
    """A peer's file: facts and prompt."""

    header: Header
    instructions: str
    request: str
    sha256: str

    def filled(self, variables: Mapping[str, Any]) -> str:
        """The request about some claim and evidence."""
        return _ENVIRONMENT.from_string(self.request).render(variables).strip()


def read_peer(path: Path) -> PeerPrompt:
    """A peer from its file.

    Raises:
        EvaluationError: it is not in the form of one.
    """
    text = path.read_text(encoding="utf-8")
    parts = _FORM.match(text)
    if parts is None:
        raise EvaluationError(f"{path}: is not in the form of a peer.", "Header, '# Instructions', '# Request'.")
    header, instructions, request = parts.groups()
    try:
        facts = Header.model_validate(yaml.safe_load(header))
    except (yaml.YAMLError, ValidationError) as error:
        raise EvaluationError(f"{path}: the header cannot be used: {error}", "Correct it.") from error
    return PeerPrompt(facts, instructions.strip(), request, hashlib.sha256(text.encode()).hexdigest())


def peers(folder: Path = FOLDER) -> list[PeerPrompt]:
    """All peers, by the names of their files, last first: what anyone would write stands before the projects.

    Raises:
        EvaluationError: a file is not in the form of a peer.
    """
    return [read_peer(path) for path in sorted(folder.glob("*.md"), reverse=True)]


class Peer:
    """Verifies as a peer does.

    Args:
        prompt: what it asks, and how.
        chat: the server.
    """

    def __init__(self, prompt: PeerPrompt, chat: Chat) -> None:
        self._prompt = prompt
        self._chat = chat

    @property
    def name(self) -> str:
        """As the page has it."""
        return self._prompt.header.name

    @property
    def depends_on(self) -> str:
        """Hash of its file."""
        return self._prompt.sha256

    def verify(self, asked: Asked) -> Outcome:
        """One claim with its evidence.

        Raises:
            EvaluationError: the server fails.
        """
        start = time.perf_counter()
        header = self._prompt.header
        each = [asked.passages] if header.calls == "claim" else [(passage,) for passage in asked.passages]
        replies = [
            self._chat.ask(
                self._prompt.instructions,
                self._prompt.filled(_variables(asked, passages)),
                reply_tokens=header.reply_tokens,
                json_mode=header.json_mode,
            )
            for passages in each
        ]
        outcome = READINGS[header.reply](replies, asked)
        used = sum((reply.used for reply in replies), Used())
        return outcome.model_copy(update={"used": used, "seconds": time.perf_counter() - start})


def _variables(asked: Asked, passages: Sequence[Any]) -> dict[str, Any]:
    return {
        "claim": asked.text,
        "day": asked.day.isoformat(),
        "passages": passages,
        "passage": passages[0].text if passages else "",
        "evidence": str([passage.text for passage in passages]),
    }


def by_relationships(replies: Sequence[Said], asked: Asked) -> Outcome:
    """Replies on one passage each: supported if all that bear on the claim support it; what cannot be read does not."""
    found = [_field(reply.text, "relationship") for reply in replies]
    known = [value if value in (SUPPORTS, REFUTES, IRRELEVANT) else None for value in found]
    votes = known.count(SUPPORTS), known.count(REFUTES)
    label, basis = of_votes(votes)
    return Outcome(label=label, basis=basis, votes=votes, unusable=known.count(None), why=_why(replies, known))


def of_votes(votes: tuple[int, int], *, majority: bool = False) -> tuple[str, str]:
    """Label and basis of so many passages that support and that refute.

    Args:
        votes: how many support, how many refute.
        majority: whether more support than contradiction is enough; else all of them must support.
    """
    supports, refutes = votes
    if supports and (not refutes or (majority and supports > refutes)):
        return Label.PROVEN.value, Basis.SUPPORTED.value
    basis = Basis.MIXED if supports and refutes else Basis.CONTRADICTED if refutes else Basis.NO_EVIDENCE
    return Label.SPECULATIVE.value, basis.value


def by_factuality(replies: Sequence[Said], asked: Asked) -> Outcome:
    """One reply: true is proven, false is speculative; what cannot be read leaves the claim unchecked."""
    (reply,) = replies
    value = {"true": True, "false": False}.get(str(_field(reply.text, "factuality")).strip().lower())
    if value is None:
        return Outcome(label=None, unusable=1, why=_why(replies, [None]))
    if value:
        return Outcome(label=Label.PROVEN.value, basis=Basis.SUPPORTED.value)
    return Outcome(label=Label.SPECULATIVE.value, basis=Basis.CONTRADICTED.value)


def by_label(replies: Sequence[Said], asked: Asked) -> Outcome:
    """One reply with a label of ours and quotes, which are held against the evidence."""
    (reply,) = replies
    found = _read(reply.text)
    label = str(found.get("label", "")).strip().lower()
    quotes = found.get("quotes")
    written = [quote for quote in quotes if isinstance(quote, str) and quote] if isinstance(quotes, list) else []
    texts = [passage.text for passage in asked.passages]
    verbatim = sum(any(quote in text for text in texts) for quote in written)
    counted = {"quotes": len(written), "verbatim": verbatim}
    if label not in set(Label):
        return Outcome(label=None, unusable=1, why=_why(replies, [None]), **counted)
    basis = str(found.get("basis", "")).strip().lower()
    return Outcome(label=label, basis=basis if basis in set(Basis) else None, **counted)


READINGS: Final[Mapping[str, Callable[[Sequence[Said], Asked], Outcome]]] = {
    "relationship": by_relationships,
    "factuality": by_factuality,
    "label": by_label,
}
"""How the replies of each sort of prompt become a label."""


def _field(text: str, name: str) -> Any:
    value = _read(text).get(name)
    return value.strip().upper() if isinstance(value, str) else value


def _read(text: str) -> dict[str, Any]:
    """The object in a reply, as JSON or as a Python dictionary, whatever stands around it; empty if there is none."""
    inner = text[text.find("{") : text.rfind("}") + 1]
    pythonic = re.sub(r"\b(true|false|null)\b", lambda m: {"t": "True", "f": "False", "n": "None"}[m[0][0]], inner)
    readers: tuple[Callable[[], Any], ...] = (partial(json.loads, inner), partial(ast.literal_eval, pythonic))
    for read in readers:
        try:
            found = read()
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            continue
        if isinstance(found, dict):
            return found
    return {}


def _why(replies: Sequence[Said], read: Sequence[object]) -> str:
    """The refusal, or the beginning of the reply, that could not be used."""
    bad = [reply for reply, value in zip(replies, read, strict=True) if value is None]
    return (bad[-1].refused or bad[-1].text[:200]) if bad else ""
