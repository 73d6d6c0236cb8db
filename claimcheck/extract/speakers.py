"""Who says a claim, by the words of its sentence."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from claimcheck.extract.attribution import QUOTES, Saying, saying, without_joiner
from claimcheck.extract.mentions import Mention
from claimcheck.extract.pieces import clause_openers, read_rules
from claimcheck.text.wordlists import function_words
from claimcheck.types import Span

_CLAUSE_MARK: Final = re.compile(r"[,;:.!?—–\n\"“”„«»()]")
_CLAUSE_BEGIN: Final = re.compile(r".*[,;:.!?—–\n\"“”„«»()]\s*", re.DOTALL)
_LAST_WORD: Final = re.compile(r"(\w+)\s+\Z")
_AFTER_QUOTE: Final = re.compile(rf"[{QUOTES}'’]\s?,?\s+(?=[^\W\d_])|,[{QUOTES}'’]\s+(?=[^\W\d_])")
_LABEL: Final = re.compile(r"[—–-]?\s*([^\W\d_][^,;:.!?\"“«]{1,40}):\s")
_MOST_WORDS: Final = 5
_MOST_OF_A_ROLE: Final = 6
_REACH: Final = 70
_OPENING_WORDS, _GAP, _LABELS = 3, 3, 2
_OF: Final = re.compile(r"of|the|de|du|des|del|la|el|los|las|von|der|do|da|dos|das", re.IGNORECASE)
_ARTICLE: Final = re.compile(
    r"\A(?:the|an?|la|el|los|las|le|les|l['’]|une?|un|der|die|das|den|dem|eine?|o|os|as|uma?|uno?|una)\s*\b",
    re.IGNORECASE,
)
_ENDS_SPEAKER: Final = re.compile(r"\s+[^\W\d_]+")
_KOREAN_TOPIC: Final = re.compile(r"(?<![^\s,])((?:[^\s,\"“”‘’]+\s){0,2}[^\s,\"“”]{1,20}?)(?:은|는|이|가|측은|측이)\s")
_KOREAN_QUOTED: Final = re.compile(
    r"(?:고|며|면서)[\"”’]?\s*(?P<between>(?:[^\s.]+(?:이|가|은|는)\s+)?(?:(?:\d+[월일년]|지난\S*|이날|최근)\s*)*)\Z"
)


class Attributor:
    """Finds the speakers of one document.

    Args:
        text: the document's text.
        lang: ISO 639-1 code.
        mentions: its names, from :func:`claimcheck.extract.mentions.find_mentions`.
    """

    def __init__(self, text: str, lang: str | None, mentions: Sequence[Mention]) -> None:
        self._text = text
        self._lang = lang
        self._mentions = mentions
        self._rules = saying(lang)
        self._not_speakers = (function_words(lang) | clause_openers(lang)) if self._rules else frozenset()
        self._last: tuple[Span, str] | None = None

    def speaker(self, claim: Span, sentence: Span) -> str | None:
        """Who says a claim. Claims are asked about in their order, since a quotation may go on after its attribution.

        Args:
            claim: span of what is said.
            sentence: the sentence that holds it.

        Returns:
            The fullest form of the speaker's name, or the words that describe them; ``None`` where nobody is named.
        """
        if self._rules is None:
            return None
        name = self._in_sentence(claim, sentence, self._rules)
        if name is None and self.is_quoted(claim, sentence) and self._last is not None:
            before, said = self._last
            if before != sentence and not self._text[before.end : sentence.start].strip():
                name = said
        if name is not None:
            self._last = (sentence, name)
        return name

    def _in_sentence(self, claim: Span, sentence: Span, rules: Saying) -> str | None:
        if self._lang == "ko":
            return self._korean(claim, sentence, rules)
        return (
            self._by_source(claim, sentence, rules)
            or self._after_quotation(claim, sentence)
            or self._by_verb(claim, sentence, rules)
            or self._by_label(sentence)
            or self._before_quotation(claim, sentence)
        )

    def _by_source(self, claim: Span, sentence: Span, rules: Saying) -> str | None:
        """A source that opens the sentence speaks for what follows, any other for the claim that it stands at."""
        for match in rules.source.finditer(self._text, sentence.start, sentence.end):
            opens = len(self._text[sentence.start : match.start()].split()) <= _OPENING_WORDS
            if opens and match.end() <= claim.start and not self._another_begins(match.end(), claim.start):
                return self._named(match.end(), self._phrase_end(match.end(), sentence.end))
            if claim.start == match.start():
                return self._named(match.end(), self._few_words(match.end(), claim.end))
            if 0 <= match.start() - claim.end <= _GAP or claim.start < match.start() < claim.end:
                return self._named(match.end(), self._phrase_end(match.end(), sentence.end))
        return None

    def _another_begins(self, start: int, end: int) -> bool:
        """Whether a clause of its own begins between a verb or source and a claim."""
        between = self._text[start:end]
        joiners = "|".join(read_rules("clauses")[self._lang or ""]["joiners"].split())
        return ";" in between or (bool(joiners) and re.search(rf",\s+(?:{joiners})\s", between) is not None)

    def _few_words(self, start: int, end: int) -> int:
        """The end of a noun with its article, or of the name that begins at ``start``."""
        for mention in self._mentions:
            if 0 <= mention.span.start - start <= _GAP:
                return mention.span.end
        match = re.compile(r"\s*(?:[^\W_]+\s+)?[^\W_]+").match(self._text, start, end)
        return match.end() if match else start

    def _by_verb(self, claim: Span, sentence: Span, rules: Saying) -> str | None:
        for match in rules.any_verb.finditer(self._text, sentence.start, sentence.end):
            if self._is_passive(match.start()):
                continue
            before = self._text[sentence.start : match.start()].rstrip()
            follows = bool(before) and before[-1] in f",{QUOTES}"
            if match.start() >= claim.end:
                name = self._by_later_verb(claim, sentence, match.span(), follows=follows)
            elif match.end() > claim.start:
                continue
            elif follows and self.is_quoted(claim, sentence) and self._names(match.end()):
                name = self._named(match.end(), self._phrase_end(match.end(), sentence.end))
            elif rules.says.match(self._text, match.start()):
                name = self._by_earlier_verb(claim, sentence, match.span())
            else:
                continue
            if name is not None:
                return name
        return None

    def _by_later_verb(self, claim: Span, sentence: Span, verb: tuple[int, int], *, follows: bool) -> str | None:
        """The speaker of "…, said Ann Lee" or "…, Ann Lee said"."""
        between = self._text[claim.end : verb[0]].strip(f" ,{QUOTES}'’")
        if not between:
            named = follows and self._names(verb[1])
            return self._named(verb[1], self._phrase_end(verb[1], sentence.end)) if named else None
        ends = self._text[verb[1] : verb[1] + 1] in ("", ".", ",", ":", ";")
        if ends and len(between.split()) <= _MOST_WORDS and not _CLAUSE_MARK.search(between):
            return self._named(claim.end, verb[0])
        return None

    def _by_earlier_verb(self, claim: Span, sentence: Span, verb: tuple[int, int]) -> str | None:
        """The speaker of "Ann Lee said that …", or of "Ann Lee, who …, said that …"."""
        if self._another_begins(verb[1], claim.start) and not self.is_quoted(claim, sentence):
            return None
        begin = _CLAUSE_BEGIN.match(self._text[sentence.start : verb[0]])
        start = sentence.start + (begin.end() if begin else 0)
        start = without_joiner(self._text, Span(start=start, end=verb[0]), self._lang).start
        auxiliaries = read_rules("references")[self._lang or ""]["auxiliaries"].split()
        if self._text[start : verb[0]].strip().lower() not in ("", *auxiliaries):
            return self._named(start, verb[0])
        return self._leading(sentence, verb[0])

    def _leading(self, sentence: Span, end: int) -> str | None:
        """The name that a sentence begins with."""
        for mention in self._mentions:
            if sentence.start <= mention.span.start and mention.span.end <= end:
                before = self._text[sentence.start : mention.span.start].split()
                if len(before) <= _MOST_OF_A_ROLE and mention.kind != "place" and mention.is_sure:
                    return mention.name
        return None

    def _after_quotation(self, claim: Span, sentence: Span) -> str | None:
        """Whoever is named in the clause after a closing quotation mark, whatever its verb."""
        if not self.is_quoted(claim, sentence):
            return None
        match = _AFTER_QUOTE.search(self._text, claim.end, sentence.end)
        if match is None or not self._text[match.end()].islower():
            return None
        verb = _ENDS_SPEAKER.search(self._text, match.end(), sentence.end)
        if verb is None:
            return None
        for mention in self._mentions:
            if match.end() <= mention.span.start < min(sentence.end, match.end() + _REACH):
                stop = re.search(r"[;.:]", self._text[match.end() : mention.span.start])
                return mention.name if stop is None and mention.kind != "place" else None
        return None

    def _before_quotation(self, claim: Span, sentence: Span) -> str | None:
        """The name that a sentence begins with, where the claim is quoted inside it."""
        if not self.is_quoted(claim, sentence):
            return None
        opening = next(i for i in range(claim.start - 1, sentence.start - 1, -1) if self._text[i] in QUOTES)
        return self._leading(sentence, opening)

    def _by_label(self, sentence: Span) -> str | None:
        """The name before a colon at the beginning, as interviews print it."""
        label = _LABEL.match(self._text, sentence.start, sentence.end)
        if label is None:
            return None
        name = label.group(1)
        if not name.istitle() or len(re.findall(rf"(?<!\w){re.escape(name)}:", self._text)) < _LABELS:
            return None
        longer = [m.name for m in self._mentions if m.name.endswith(f" {name}") or m.name == name]
        return max(longer, key=len, default=name)

    def is_quoted(self, claim: Span, sentence: Span) -> bool:
        """Whether a claim begins inside quotation marks of its sentence."""
        before = self._text[sentence.start : claim.start]
        opened = before.count("“") + before.count("«") + before.count("„") + before.count("「")
        closed = before.count("”") + before.count("»") + before.count("」")
        if self._lang == "de":
            opened, closed = before.count("„") + before.count("»"), before.count("“") + before.count("«")
        return before.count('"') % 2 == 1 or opened > closed

    def _is_passive(self, verb: int) -> bool:
        before = _LAST_WORD.search(self._text, max(0, verb - 20), verb)
        passive = read_rules("attribution")[self._lang or ""]["passive"].split()
        return before is not None and before.group(1).lower() in passive

    def _names(self, offset: int) -> bool:
        """Whether what follows can be a speaker: a name, or an article and a noun."""
        following = self._text[offset : offset + 40].lstrip()
        return following[:1].isupper() or _ARTICLE.match(following) is not None

    def _phrase_end(self, start: int, end: int) -> int:
        """Where the words that name a speaker end; a name after one comma belongs to them ("the chair, Ann Lee")."""
        mark = _CLAUSE_MARK.search(self._text, start, end)
        limit = mark.start() if mark else end
        apposed = [m for m in self._mentions if m.span.start - limit in (1, 2) and m.span.end <= end]
        return apposed[0].span.end if apposed and self._text[limit : limit + 1] == "," else limit

    def _named(self, start: int, end: int) -> str | None:
        """The name inside a phrase, else the person whom its pronoun stands for, else the phrase if it can name one."""
        for mention in self._mentions:
            if start <= mention.span.start and mention.span.end <= end and mention.kind != "place":
                return mention.name
        phrase = self._text[start:end].strip(" ,.;:'’" + QUOTES)
        table = read_rules("references")[self._lang or ""]
        if phrase.lower() in table["person"].split():
            earlier = [m for m in self._mentions if m.kind == "person" and m.span.end <= start]
            return earlier[-1].name if earlier else None
        bare = _ARTICLE.sub("", phrase, count=1).strip()
        words = bare.split()
        if not words or len(words) > _MOST_WORDS or any(map(str.isdigit, bare)):
            return None
        if bare == phrase and not phrase[0].isupper():
            return None
        if any(word.lower() in self._not_speakers and not _OF.fullmatch(word) for word in words):
            return None
        return bare

    def _korean(self, claim: Span, sentence: Span, rules: Saying) -> str | None:
        source = rules.source.search(self._text, sentence.start, sentence.end)
        if source is not None and source.start() <= claim.start:
            before = re.split(r"[,.]\s", self._text[sentence.start : source.start()])[-1]
            return " ".join(before.split()[-2:]) or None
        for match in rules.any_verb.finditer(self._text, claim.start, sentence.end):
            quoted = _KOREAN_QUOTED.search(self._text, sentence.start, match.start())
            if quoted is None:
                continue
            near = _KOREAN_TOPIC.search(self._text, max(0, quoted.start("between") - 1), match.start())
            first = _KOREAN_TOPIC.search(self._text, sentence.start, claim.end)
            topic = near or first
            return re.sub(r"\([^)]*\)", "", topic.group(1)).strip(" '\"‘’“”()") or None if topic else None
        return None
