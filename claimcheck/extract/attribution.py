"""Who says what: the content of a claim apart from the words that attribute it, and the name of its speaker."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Final

from claimcheck.extract.pieces import read_rules
from claimcheck.types import Span

QUOTES: Final = '"“”„‟«»‹›「」『』'
_WORD: Final = re.compile(r"\w+")
_OPENER: Final = re.compile(r"[^\W\d_]+['’]?")
_BLANK: Final = re.compile(r"[\s,;:–—]*")
_LONGEST_SUBJECT: Final = 80
_APPOSITION: Final = re.compile(
    rf"[^.!?\n{QUOTES}]{{2,{_LONGEST_SUBJECT}}},\s[^.!?\n{QUOTES}]{{2,{_LONGEST_SUBJECT}}},\s*\Z"
)
_LEAST_CONTENT: Final = 3
_MOST_WORDS: Final = 6
_MOST_BEFORE_VERB: Final = 10


@dataclass(frozen=True)
class Saying:
    """Patterns of one language.

    Attributes:
        says: verbs that attribute by themselves, and the others where a conjunction follows.
        any_verb: all of the verbs.
        leading: speaker, verb and conjunction at the beginning of a claim.
        source: what stands before a source.
        greeting: how a greeting begins.
    """

    says: re.Pattern[str]
    any_verb: re.Pattern[str]
    leading: re.Pattern[str]
    source: re.Pattern[str]
    greeting: re.Pattern[str]


@cache
def saying(lang: str | None) -> Saying | None:
    """The patterns of a language, ``None`` for a language without a list."""
    table: dict[str, str] | None = read_rules("attribution").get(lang or "")
    if table is None:
        return None
    says, states, that = ("|".join(table[key].split()) for key in ("says", "states", "that"))
    bound = rf"|(?:{states})\s+(?:{that})\b" if states else ""
    verb = rf"(?:(?:{says})(?!\w)(?:\s+(?:{that})\b)?{bound})"
    return Saying(
        says=re.compile(rf"(?<!\w){verb}"),
        any_verb=re.compile(rf"(?<!\w)(?:{says}{'|' + states if states else ''})(?!\w)"),
        leading=re.compile(rf"(?:(?P<who>[^,;:.!?{QUOTES}]{{2,80}}?)\s+)?{verb}['’]?[,:]?\s*"),
        source=re.compile(
            rf"(?<!\w)(?:{table['sources']})(?!\w)\s*" if lang != "ko" else table["sources"], re.IGNORECASE
        ),
        greeting=re.compile(table["greetings"], re.IGNORECASE),
    )


def is_greeting(sentence: str, lang: str | None) -> bool:
    """Whether a sentence begins as a greeting, an address or thanks do."""
    rules = saying(lang)
    return rules is not None and rules.greeting.match(sentence.lstrip('¡¿"“« ')) is not None


def is_mere_attribution(text: str, lang: str | None) -> bool:
    """Whether a text names who speaks and leaves out what is said ("she added", "said the minister")."""
    rules = saying(lang)
    if rules is None or any(map(str.isdigit, text)):
        return False
    verb = rules.any_verb.search(text)
    return verb is not None and len(_WORD.findall(text)) <= _MOST_WORDS


def content_of(text: str, claim: Span, lang: str | None) -> Span | None:
    """The part of a claim that is said, without conjunctions and attributing words at its ends.

    Args:
        text: the document's text.
        claim: span of the claim as found.
        lang: ISO 639-1 code.

    Returns:
        A span inside ``claim``, or ``None`` where the claim only attributes.
    """
    claim = without_joiner(text, claim, lang)
    rules = saying(lang)
    if rules is None or lang == "ko":
        return claim
    if _is_source_of_before(text, claim, rules) or _points_back(text, claim, rules, lang):
        return None
    claim = _without_source(text, claim, rules, lang)
    leading = rules.leading.match(text, claim.start, claim.end)
    if leading is not None and leading["who"] is None and _follows_content(text, claim):
        return None
    if leading is not None and len((leading["who"] or "").split()) <= _MOST_BEFORE_VERB:
        rest = Span(start=leading.end(), end=claim.end)
        if len(_WORD.findall(rest.of(text))) >= _LEAST_CONTENT:
            claim = without_joiner(text, rest, lang)
    return _without_tail(text, claim, rules)


def without_joiner(text: str, claim: Span, lang: str | None) -> Span:
    """A claim without the conjunctions that join it to what stands before; relative pronouns stay."""
    table = read_rules("clauses").get(lang or "")
    joiners = frozenset(table["joiners"].split()) if table else frozenset()
    start = claim.start
    while (word := _OPENER.match(text, start, claim.end)) and word.group().lower().rstrip("'’") in joiners:
        blank = _BLANK.match(text, word.end(), claim.end)
        after = blank.end() if blank else word.end()
        if after >= claim.end:
            break
        start = after
    return Span(start=start, end=claim.end)


def _without_source(text: str, claim: Span, rules: Saying, lang: str | None) -> Span:
    """A claim without the source that it begins with ("according to the court, …")."""
    if rules.source.match(text, claim.start, claim.end) is None:
        return claim
    comma = text.find(", ", claim.start, claim.end)
    rest = Span(start=comma + 2, end=claim.end) if comma >= 0 else None
    return claim if rest is None or not _WORD.search(rest.of(text)) else without_joiner(text, rest, lang)


def _is_source_of_before(text: str, claim: Span, rules: Saying) -> bool:
    """Whether a claim is but the source of what stands before it (", according to the council's own figures")."""
    is_source = rules.source.match(text, claim.start, claim.end) is not None
    return is_source and _follows_content(text, claim) and "," not in claim.of(text)


def _points_back(text: str, claim: Span, rules: Saying, lang: str | None) -> bool:
    """Whether a claim only tells who said what stands in the sentence before ("This was announced by the mayor")."""
    first = _OPENER.match(text, claim.start, claim.end)
    bare = read_rules("attribution")[lang or ""]["bare"].split()
    if first is None or first.group().lower() not in bare or any(map(str.isdigit, claim.of(text))):
        return False
    verb = _WORD.findall(text[first.end() : claim.end])[:1]
    return bool(verb) and rules.any_verb.fullmatch(verb[0]) is not None


def _follows_content(text: str, claim: Span) -> bool:
    """Whether a comma or a closing quotation mark stands before a claim, as before "said the minister".

    The comma that ends a description of the subject ("Ann Lee, the captain, said ...") is none of these.
    """
    if _APPOSITION.search(text, max(0, claim.start - 2 * _LONGEST_SUBJECT), claim.start):
        return False
    return text[max(0, claim.start - 3) : claim.start].rstrip()[-1:] in {",", *QUOTES}


def _without_tail(text: str, claim: Span, rules: Saying) -> Span:
    """A claim without the attribution that it ends with (", said the minister", ", according to the court")."""
    comma = text.rfind(",", claim.start, claim.end)
    tail = text[comma + 1 : claim.end].strip()
    if comma < 0 or len(_WORD.findall(text[claim.start : comma])) < _LEAST_CONTENT:
        return claim
    short = len(tail.split()) <= _MOST_WORDS and not any(map(str.isdigit, tail))
    if not (rules.source.match(tail) or (short and rules.any_verb.search(tail))):
        return claim
    end = comma
    while end > claim.start and (text[end - 1].isspace() or text[end - 1] in QUOTES or text[end - 1] in ",'’"):
        end -= 1
    return Span(start=claim.start, end=end) if end > claim.start else claim
