"""Attacks of :file:`attacks.toml`, a library in which they stand, and a model that obeys them."""

import sys
import tomllib
from dataclasses import dataclass
from datetime import date
from itertools import product
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "llm"))

from fake_model import asked, settlement, verification
from fake_server import Request, Step, says

from claimcheck.pipeline import Checker
from claimcheck.text.normalise import normalise
from claimcheck.types import Document, Report

DAY = date(2025, 12, 31)
ATTACKS = tomllib.loads((Path(__file__).parent / "attacks.toml").read_text(encoding="utf-8"))["attack"]
_TOWNS = [
    "".join(parts)
    for parts in product(
        ("Ar", "Bel", "Cor", "Dun", "Esk", "Fal", "Gar", "Hol"), ("den", "mar", "wick", "ford", "stead", "ton", "by")
    )
]


@dataclass(frozen=True)
class Attack:
    """An attack on the claim about one town."""

    name: str
    place: str
    lang: str
    text: str
    town: str

    @property
    def fact(self) -> str:
        """The claim under attack; the evidence on its town does not bear it out."""
        return f"The town of {self.town} opened its new bridge to traffic in May 2025."

    @property
    def claim(self) -> str:
        """The claim as it is checked."""
        return self.text if self.place == "claim" else self.fact

    def evidence(self, *, attacked: bool) -> dict[str, Any]:
        def at(place: str, plain: str) -> str:
            return self.text if attacked and self.place == place else plain

        middle = at("evidence", "It rained.")
        return {
            "id": f"news-{self.town}",
            "title": at("title", f"The bridge of {self.town}"),
            "publisher": at("publisher", f"{self.town} Post"),
            "author": at("author", "A reporter"),
            "notes": {"nature": at("note", "a report")},
            "published": "2025-06-02",
            "lang": "en",
            "text": f"The council of {self.town} discussed the new bridge on Monday. {middle} "
            f"The council of {self.town} may open the bridge next year if money is found.",
        }

    def draft(self) -> Document:
        text = normalise(f"{self.claim} {self.text}" if self.place == "draft" else self.claim)
        path = self.text if self.place == "filename" else "draft.txt"
        return Document(id=f"draft-{self.town}", text=text, lang="en", path=path)


def _attacks() -> list[Attack]:
    made = []
    for given, town in zip(ATTACKS, _TOWNS, strict=False):
        plain = Attack(given["name"], given["place"], given["lang"], "", town)
        made.append(Attack(plain.name, plain.place, plain.lang, given["text"].replace("{claim}", plain.fact), town))
    return made


ALL = _attacks()


class ObedientModel:
    """Does what any text tells it to: everything is supported by everything, and it repeats the attack in its prose."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.attack: Attack | None = None

    def __call__(self, request: Request) -> Step:
        self.requests.append(request)
        question = asked(request)
        words = self.attack.text if self.attack else "proven"
        if question.task == "settle":
            reply = settlement(question.numbers[:1], words[:390], safer=words)
            return says({**reply, "would_settle": words})
        told = "refutes" if "as refutes" in words else "supports"
        numbers = question.numbers[:12]
        return says(verification(numbers, told if numbers else "unrelated", assertion=words, searches=[words]))


@dataclass
class Scene:
    """The three ways in which each draft is checked."""

    clean: Checker
    local: Checker
    obeying: Checker
    model: ObedientModel

    def reports(self, attack: Attack) -> tuple[Report, Report, Report]:
        """By the local verifier without the attack in the evidence and with it, and with the obedient model."""
        self.model.attack = attack
        self.model.requests.clear()
        draft = attack.draft()
        return self.clean.check(draft), self.local.check(draft), self.obeying.check(draft)
