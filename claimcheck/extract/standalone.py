"""A claim in words that stand alone: names for pronouns and bare descriptions, the subject for a clause without one.

Only whole names of the same document are put in, and nothing where it is not clear which.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from claimcheck.extract.mentions import Kind, Mention, naming_words
from claimcheck.extract.pieces import clause_openers, read_rules
from claimcheck.text.dates import date_spans
from claimcheck.text.quantities import find_quantities
from claimcheck.text.wordlists import function_words
from claimcheck.types import Span

_LAST_WORD: Final = re.compile(
    r"([^\W\d_]+)(?:\s+(?:the|a|el|la|le|los|las|les|l['’]|der|die|das|dem|den|o|os|as))?\s+\Z"
)
_FIRST_WORD: Final = re.compile(r"[^\W\d_]+(?:['’](?=\w))?")
_SECOND_WORD: Final = re.compile(r"\s+([^\W_]+)")
_ONLY_COMMA: Final = re.compile(r"[\s,]*\Z")
_LEADING_WORDS: Final = 4
_REACH: Final = 1200
"""Characters back to which a pronoun may point."""
_NEAR: Final = 300
"""Characters back within which two persons make a pronoun unclear."""
_SENTENCE_BEGIN: Final = re.compile(r"(?:\A|[.!?\n—–:])[\"“”«»'’]?\s*(?:[^\W_]+\.?\s+){0,2}\Z")
_KOREAN_PRONOUN: Final = re.compile(r"(?:그|그녀)(은|는|이|가|의)(?=\s)")
_PARTICLES: Final = {"은": "는", "이": "가", "을": "를", "과": "와"}
_OWNED_OR_JOINED: Final = re.compile(
    r"['’]s?\b|['’]\s|\s(?:and|or|y|e|o|u|et|ou|und|oder|&)\s|,\s\w+\s(?:and|y|e|et|und)\s", re.IGNORECASE
)
_OF: Final = re.compile(r"['’]?[-\s]?(?:of|de|des|du|del|della|von|der|do|da|dos|das)\b", re.IGNORECASE)


@dataclass(frozen=True)
class _Rules:
    person: frozenset[str]
    thing: frozenset[str]
    possessive: dict[str, str]
    bare: re.Pattern[str]
    described: re.Pattern[str] | None
    drop_article: bool
    only_persons: bool
    public: frozenset[str]
    relatives: frozenset[str]
    not_subject: frozenset[str]
    no_predicate: frozenset[str]


@cache
def _rules(lang: str | None) -> _Rules | None:
    table: dict[str, Any] | None = read_rules("references").get(lang or "")
    if table is None:
        return None
    articles = "|".join(table["articles"].split())
    return _Rules(
        person=frozenset(table["person"].split()),
        thing=frozenset(table["thing"].split()),
        possessive=table["possessive"],
        bare=re.compile(rf"(?<!\w)(?:{table['bare']})(?!\w)" if lang != "ko" else table["bare"], re.IGNORECASE),
        described=re.compile(
            rf"(?<!\w)(?P<article>(?:{articles})(?:\s|['’]))(?P<noun>\w{{4,}})(?![\w-])", re.IGNORECASE
        )
        if articles
        else None,
        drop_article=table["drop_article"],
        only_persons=table["only_persons"],
        public=frozenset(table["public"].split()),
        relatives=frozenset(table["relatives"].split()),
        not_subject=frozenset(table["not_subject"].split()),
        no_predicate=(function_words(lang) | clause_openers(lang)) - frozenset(table["auxiliaries"].split()),
    )


class Restater:
    """Restates the claims of one document.

    Args:
        text: the document's text.
        lang: ISO 639-1 code.
        mentions: its names, from :func:`claimcheck.extract.mentions.find_mentions`.
    """

    def __init__(self, text: str, lang: str | None, mentions: Sequence[Mention]) -> None:
        self._text = text
        self._lang = lang
        self._mentions = mentions
        self._rules = _rules(lang)
        # Names that begin a sentence at least once do something, and so may be organisations.
        self._acting = {
            mention.name
            for mention in mentions
            if mention.kind == "other" and mention.is_sure and _SENTENCE_BEGIN.search(text[: mention.span.start])
        }

    def restate(self, claim: Span, sentence: Span, *, lacks_subject: bool, quoted_from: str | None = None) -> str:
        """The claim's text.

        Args:
            claim: its span.
            sentence: the sentence that holds it.
            lacks_subject: whether its words begin with what its subject does.
            quoted_from: the speaker, where the words are quoted: "he" is somebody else in them.

        Returns:
            The quote, with names put in.
        """
        quote = claim.of(self._text)
        if self._rules is None:
            return quote
        edits = dict(self._descriptions(claim))
        opening = self._opening(claim, sentence, lacks_subject=lacks_subject)
        if opening is not None and (quoted_from is None or not opening[1].startswith(quoted_from)):
            edits = {span: name for span, name in edits.items() if span[0] >= opening[0][1]} | dict([opening])
        return self._edited(claim, edits)

    def is_unclear(self, claim: Span, restated: str) -> bool:
        """Whether nothing tells what a claim is of: it opens with a pronoun, and names and counts nothing.

        Args:
            claim: its span.
            restated: its text, from :meth:`restate`.
        """
        word = _FIRST_WORD.match(restated)
        if self._rules is None or word is None or self._mentions_inside(claim):
            return False
        pronouns = self._rules.person | self._rules.thing | self._rules.possessive.keys()
        return (
            word.group().lower() in pronouns
            and not find_quantities(restated, self._lang)
            and not date_spans(restated, self._lang)
        )

    def _edited(self, claim: Span, edits: dict[tuple[int, int], str]) -> str:
        parts, position = [], claim.start
        for (start, end), name in sorted(edits.items()):
            if start >= position:
                parts += [self._text[position:start], name]
                position = end
        return "".join([*parts, self._text[position : claim.end]])

    def _opening(self, claim: Span, sentence: Span, *, lacks_subject: bool) -> tuple[tuple[int, int], str] | None:
        """What takes the place of the claim's first word, or stands before it."""
        assert self._rules is not None
        if self._lang == "ko":
            return self._korean_opening(claim, sentence, lacks_subject=lacks_subject)
        match = _FIRST_WORD.match(self._text, claim.start, claim.end)
        if match is None:
            return None
        word = match.group().lower()
        place = (match.start(), match.end())
        if word in self._rules.person:
            return self._named(place, self._person(claim.start))
        if word in self._rules.thing:
            return self._named(place, self._topic(claim, sentence))
        if word in self._rules.possessive:
            wanted = self._rules.possessive[word]
            owner = self._before(claim.start, ("person",)) if wanted == "person" else self._topic(claim, sentence)
            return None if owner is None else (place, _possessive(owner.name))
        if word in self._rules.relatives:
            return self._named(place, self._antecedent(claim, match.end()))
        if lacks_subject and match.group().islower() and word not in self._rules.no_predicate:
            subject = self._subject(claim, sentence)
            return None if subject is None else ((claim.start, claim.start), subject.name + " ")
        return None

    @staticmethod
    def _named(place: tuple[int, int], mention: Mention | None) -> tuple[tuple[int, int], str] | None:
        return None if mention is None else (place, mention.name)

    def _korean_opening(
        self, claim: Span, sentence: Span, *, lacks_subject: bool
    ) -> tuple[tuple[int, int], str] | None:
        pronoun = _KOREAN_PRONOUN.match(self._text, claim.start, claim.end)
        if pronoun is not None:
            person = self._before(claim.start, ("person",))
            named = None if person is None else person.name + _particle(person.name, pronoun.group(1))
            return None if named is None else ((pronoun.start(), pronoun.end()), named)
        subject = self._subject(claim, sentence) if lacks_subject else None
        if subject is None or self._mentions_inside(claim):
            return None
        return (claim.start, claim.start), f"{subject.name}{_particle(subject.name, '은')} "

    def _mentions_inside(self, claim: Span) -> bool:
        return any(mention.span.overlaps(claim) for mention in self._mentions)

    def _before(self, offset: int, kinds: tuple[Kind, ...]) -> Mention | None:
        earlier = [
            mention
            for mention in self._mentions
            if mention.kind in kinds and offset - _REACH <= mention.span.start and mention.span.end <= offset
        ]
        return earlier[-1] if earlier else None

    def _person(self, offset: int) -> Mention | None:
        """The person that a pronoun means: the nearest before, or the one that a sentence begins with."""
        assert self._rules is not None
        if not self._rules.only_persons:
            nearest = self._before(offset, ("person", "body", "place", "other"))
            return nearest if nearest is not None and nearest.kind == "person" else None
        near = [m for m in self._mentions if m.kind == "person" and offset - _NEAR <= m.span.start < offset]
        if len({mention.name for mention in near}) <= 1:
            return near[-1] if near else self._before(offset, ("person",))
        leading = [mention for mention in near if _SENTENCE_BEGIN.search(self._text[: mention.span.start])]
        return leading[-1] if leading else None

    def _topic(self, claim: Span, sentence: Span) -> Mention | None:
        """The organisation that the words before speak of, if they speak of one and of nothing else that is named."""
        subject = self._subject(claim, sentence)
        if subject is not None:
            return subject if subject.kind == "body" else None
        named = self._before(sentence.start, ("body", "other", "person"))
        if named is None or named.kind != "body":
            return None
        between = self._text[named.span.end : sentence.start]
        return named if between.count(".") <= 1 and len(between) < _REACH // 4 else None

    def _subject(self, claim: Span, sentence: Span) -> Mention | None:
        """The name that the sentence begins with, or the one that its first pronoun stands for."""
        assert self._rules is not None
        if claim.start <= sentence.start:
            return None
        for mention in self._mentions:
            if sentence.start <= mention.span.start and mention.span.end <= claim.start and mention.kind != "place":
                return mention if mention.is_sure and self._leads(mention, sentence) else None
        word = _FIRST_WORD.match(self._text, sentence.start, claim.start)
        if word is not None and word.group().lower() in self._rules.person:
            return self._person(sentence.start)
        if self._rules.bare.match(self._text, sentence.start, claim.start):
            return self._organisation(sentence.start)
        return None

    def _leads(self, mention: Mention, sentence: Span) -> bool:
        """Whether nothing but a short description stands before a name in its sentence."""
        before = self._text[sentence.start : mention.span.start]
        before = re.split(r"[—–:\"“«„]\s*", before)[-1]
        owned_or_joined = _OWNED_OR_JOINED.match(self._text, mention.span.end)
        if owned_or_joined is not None or self._after_preposition(mention):
            return False
        return len(before.split()) < _LEADING_WORDS and "," not in before

    def _after_preposition(self, mention: Mention) -> bool:
        before = _LAST_WORD.search(self._text, max(0, mention.span.start - 20), mention.span.start)
        return before is not None and before.group(1).lower() in naming_words(self._lang).places

    def _antecedent(self, claim: Span, after: int) -> Mention | None:
        """The name right before a relative pronoun that is the subject of its clause."""
        assert self._rules is not None
        following = _SECOND_WORD.match(self._text, after, claim.end)
        if following is None or following.group(1).lower() in self._rules.not_subject:
            return None
        if not following.group(1).islower():
            return None
        named = [mention for mention in self._mentions if mention.span.end <= claim.start]
        if not named or not _ONLY_COMMA.match(self._text[named[-1].span.end : claim.start]):
            return None
        return None if self._after_preposition(named[-1]) else named[-1]

    def _organisation(self, offset: int) -> Mention | None:
        """The organisation that a bare description before an offset must mean.

        The only one named so far, or the one named at least twice as often as any other.
        """
        assert self._rules is not None
        earlier = [
            mention
            for mention in self._mentions
            if (mention.kind == "body" or mention.name in self._acting)
            and mention.span.end <= offset
            and not self._rules.public & set(mention.name.lower().split())
        ]
        ranked = Counter(_stem(mention.name) for mention in earlier).most_common(2)
        if not ranked or (len(ranked) > 1 and ranked[0][1] < 2 * ranked[1][1]):
            return None
        named = [mention for mention in earlier if _stem(mention.name) == ranked[0][0]]
        return max(named, key=lambda mention: len(mention.name))

    def _descriptions(self, claim: Span) -> list[tuple[tuple[int, int], str]]:
        """Bare descriptions inside a claim, each with the name that takes its place."""
        assert self._rules is not None
        found = []
        for match in self._rules.bare.finditer(self._text, claim.start, claim.end):
            body = self._organisation(match.start())
            if body is None or _OF.match(self._text, match.end()) or self._names_next(match.end()):
                continue
            end, name = match.end(), body.name
            if self._lang == "ko":
                name += _particle(name, self._text[end])
                end += 1
            found.append(((match.start(), end), name))
        if self._rules.described is None:
            return found
        for match in self._rules.described.finditer(self._text, claim.start, claim.end):
            mention = self._holding(match["noun"], match.start())
            if mention is None or _OF.match(self._text, match.end()) or self._names_next(match.end()):
                continue
            start = match.start() if self._rules.drop_article else match.start("noun")
            found.append(((start, match.end()), mention.name))
        return found

    def _names_next(self, offset: int) -> bool:
        """Whether a name follows at once, which the words before describe, or a noun that they belong to."""
        if any(mention.span.start - offset in range(3) for mention in self._mentions):
            return True
        following = _SECOND_WORD.match(self._text, offset)
        words = naming_words(self._lang)
        return following is not None and following.group(1).lower() in words.bodies | words.roles

    def _holding(self, noun: str, offset: int) -> Mention | None:
        """The nearest earlier name that ends with a noun, or begins with it where the article stays."""
        assert self._rules is not None
        if self._lang != "de" and not noun.islower():
            return None
        wanted = noun.lower()
        for mention in reversed(self._mentions):
            if mention.span.end > offset or mention.span.start < offset - 3 * _REACH:
                continue
            words = mention.name.lower().split()
            named = words[-1] if self._rules.drop_article else words[0]
            if len(words) > 1 and named == wanted and (mention.kind == "body" or self._lang == "de"):
                return mention
        return None


def _stem(name: str) -> str:
    """The first word of a name, by which its long and short forms agree."""
    return name.split(" ", 1)[0].lower()


def _possessive(name: str) -> str:
    return f"{name}’" if name.endswith("s") else f"{name}’s"


def _particle(name: str, particle: str) -> str:
    """The form of a Korean particle that goes with a name: after a consonant or after a vowel."""
    last = ord(name[-1]) - 0xAC00
    after_vowel = not 0 <= last < 11172 or last % 28 == 0
    base = {**_PARTICLES, **{value: value for value in _PARTICLES.values()}}.get(particle, particle)
    if after_vowel:
        return base
    return next((consonant for consonant, vowel in _PARTICLES.items() if vowel == base), base)
