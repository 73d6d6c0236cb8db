"""The names of a document, what each names, and where."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final, Literal

from claimcheck.extract.pieces import read_rules
from claimcheck.text.names import find_names
from claimcheck.types import Span

Kind = Literal["person", "body", "place", "other"]

_WORD: Final = re.compile(r"\w+(?:[-.]\w+)*")
_DATELINE: Final = re.compile(r"[^a-zß-ÿ]{3,40}[,.(—–-]")
_MOST_WORDS_OF_A_PERSON: Final = 4
_SHORTEST: Final = 2
_FEWEST_WORDS: Final = 2
_KOREAN_SUBJECT: Final = r"(?=(?:은|는|이|가|의|도|을|를|와|과|에|측)?(?:[\s,.(]|$))"


@dataclass(frozen=True)
class Mention:
    """A place of the text that names something; ``name`` is the fullest form of it in the document."""

    span: Span
    name: str
    kind: Kind
    is_sure: bool = True
    """Whether more than one capital at the head of a sentence shows that it is a name."""


@dataclass(frozen=True)
class Words:
    """Word lists of one language, in lower case."""

    roles: frozenset[str]
    bodies: frozenset[str]
    places: frozenset[str]
    verbs: frozenset[str]
    addressing: frozenset[str]


@cache
def naming_words(lang: str | None) -> Words:
    """Words that tell what a name names; for a language without a list, those of all languages."""
    references, attribution = read_rules("references"), read_rules("attribution")
    languages = [lang] if lang in references else list(references)

    def joined(table: dict[str, dict[str, str]], key: str) -> frozenset[str]:
        return frozenset(word for language in languages for word in table[language][key].split())

    return Words(
        roles=joined(references, "roles"),
        bodies=joined(references, "bodies"),
        places=joined(references, "places"),
        verbs=joined(attribution, "says") | joined(attribution, "states"),
        addressing=joined(attribution, "addressing"),
    )


def find_mentions(text: str, lang: str | None) -> tuple[Mention, ...]:
    """Every mention of a name, in order.

    What a name names is told from its own words and from those beside it, in any of its mentions: a role or a verb of
    saying beside it makes it a person, a word such as "bank" in it an organisation, a preposition of place before each
    of its mentions a place. A surname alone counts as a mention of the one person of that surname.

    Args:
        text: text in normal form.
        lang: ISO 639-1 code.

    Returns:
        Mentions apart from each other.
    """
    words = naming_words(lang)
    found = list(_korean(text)) if lang == "ko" else []
    taken = [span for span, _ in found]
    spans = [span for span in find_names(text, lang) if not any(span.overlaps(other) for other in taken)]
    by_name: dict[str, list[Span]] = defaultdict(list)
    for span in (_without_roles(text, span, words) for span in spans):
        if len(span.of(text).strip(".")) >= _SHORTEST:
            by_name[span.of(text)].append(span)
    kinds = {name: _kind(text, name, places, words) for name, places in by_name.items()}
    full = _surnames(kinds)
    mentions = [
        Mention(span, name, kind) for span, (name, kind) in zip(taken, (what for _, what in found), strict=True)
    ]
    mentions += [
        Mention(
            span,
            full.get(name, name),
            "person" if name in full else kinds[name],
            is_sure=name in full or " " in name or len(places) > 1 or kinds[name] in ("person", "body"),
        )
        for name, places in by_name.items()
        for span in places
    ]
    mentions += _by_surname(text, full, [*taken, *(span for places in by_name.values() for span in places)])
    return tuple(sorted(mentions, key=lambda mention: mention.span.start))


def _without_roles(text: str, span: Span, words: Words) -> Span:
    """A name without the roles that stand capitalised before it, if two words remain."""
    tokens = list(re.finditer(r"\S+", span.of(text)))
    while len(tokens) > _FEWEST_WORDS and tokens[0].group().lower().strip(".") in words.roles:
        tokens = tokens[1:]
    return Span(start=span.start + tokens[0].start(), end=span.end)


def _kind(text: str, name: str, places: list[Span], words: Words) -> Kind:
    own = [word.lower() for word in _WORD.findall(name)]
    if any(word in words.bodies for word in own):
        return "body"
    if name.isupper() and len(own) == 1 and len(name) > 1 and not any(map(str.isdigit, name)):
        return "place" if all(_in_dateline(text, span) for span in places) else "body"
    if all(_in_dateline(text, span) or _word_before(text, span.start) in words.places for span in places):
        return "place"
    if len(own) <= _MOST_WORDS_OF_A_PERSON and not any(map(str.isdigit, name)):
        for span in places:
            beside = {_word_before(text, span.start), _word_after(text, span.end)}
            if beside & (words.roles | words.verbs) and _word_before(text, span.start) not in words.addressing:
                return "person"
    return "other"


def _in_dateline(text: str, span: Span) -> bool:
    line = text.rfind("\n", 0, span.start) + 1
    dateline = _DATELINE.match(text, line)
    return dateline is not None and span.end <= dateline.end()


def _word_before(text: str, offset: int) -> str:
    words = _WORD.findall(text[max(0, offset - 40) : offset].rsplit("\n", 1)[-1])
    return words[-1].lower() if words and text[offset - 1 : offset] in " ’'" else ""


def _word_after(text: str, offset: int) -> str:
    match = re.compile(r",? (\w+(?:-\w+)*)").match(text, offset)
    return match.group(1).lower() if match else ""


def _surnames(kinds: dict[str, Kind]) -> dict[str, str]:
    """Last words of persons' names, each with the one full name that ends with it."""
    full: dict[str, set[str]] = defaultdict(set)
    for name, kind in kinds.items():
        if kind == "person" and " " in name:
            full[name.rsplit(" ", 1)[1]].add(name)
    return {surname: next(iter(names)) for surname, names in full.items() if len(names) == 1}


def _by_surname(text: str, full: dict[str, str], taken: list[Span]) -> Iterator[Mention]:
    starts = {span.start for span in taken}
    for surname, name in full.items():
        for match in re.finditer(rf"(?<!\w){re.escape(surname)}(?!\w)", text):
            span = Span(start=match.start(), end=match.end())
            if span.start not in starts and not any(span.overlaps(other) for other in taken):
                yield Mention(span, name, "person")


def _korean(text: str) -> Iterator[tuple[Span, tuple[str, Kind]]]:
    """Korean persons by the title after them, and organisations by the end of their name."""
    words = naming_words("ko")
    roles = "|".join(sorted(words.roles, key=len, reverse=True))
    bodies = "|".join(sorted(words.bodies, key=len, reverse=True))
    person = re.compile(rf"(?<![가-힣])([가-힣]{{2,4}}) (?:{roles}){_KOREAN_SUBJECT}")
    body = re.compile(rf"(?<![가-힣A-Za-z0-9])[가-힣A-Za-z0-9·&]{{1,15}}(?:{bodies}){_KOREAN_SUBJECT}")
    taken: list[Span] = []
    for pattern, kind in ((person, "person"), (body, "body")):
        for match in pattern.finditer(text):
            span = Span(start=match.start(), end=match.end())
            if not any(span.overlaps(other) for other in taken):
                taken.append(span)
                yield span, (match.group(), "person" if kind == "person" else "body")
