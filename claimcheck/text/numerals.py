"""Numbers as people write them: digits with separators and scale words, and numbers in words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any, Final

from claimcheck.text.units import unit_words
from claimcheck.text.wordlists import fold, read_word_list

_SIGN: Final = 2
"""Scale words up to this length are signs, whose case matters: "4K" is no thousand."""
_LONGEST: Final = 40
_HALF: Final = Decimal("0.5")
_LETTER: Final = r"[^\W\d_]"
_DIGITS: Final = (
    r"[0-9]{1,3}(?:[.,'’][0-9]{3})+(?![0-9])(?:[.,][0-9]+)?"
    r"|[0-9]{1,2}(?:,[0-9]{2})+,[0-9]{3}(?![0-9])"
    r"|BLANKS[0-9]+(?:[.,][0-9]+)?"
)
_BLANK_GROUPS: Final = r"[0-9]{1,3}(?: [0-9]{3})+(?![0-9])(?:[.,][0-9]+)?|"
# Where blanks do not usually group, only what can hardly be two numbers.
_SURE_BLANK_GROUPS: Final = r"[0-9]{1,3}(?:(?: [0-9]{3})* 000|(?: [0-9]{3}){2,})(?![0-9])(?:[.,][0-9]+)?|"
# A digit glued to these is part of a time, a version, a fraction, a telephone number or a web address.
_GLUED_BEFORE: Final = re.compile(r"(?:[0-9][.,:/'’]|[0-9]\s?-\s?[0-9]+-|[#№@_/\\=&?]|[^\W\d_]-)\Z")
_GLUED_AFTER: Final = re.compile(r"[.,:/'’][0-9]|-[0-9]+-|[ºª_@]|:[0-9]")
_TOKEN_REST: Final = re.compile(r"[0-9.,:/'’-]*[0-9]|")
_KOREAN: Final = re.compile(
    r"[0-9][0-9,]*(?:\.[0-9]+)?(?![0-9])\s?[조억만천백십](?:(?:\s?[0-9][0-9,]*(?:\.[0-9]+)?)?\s?[조억만천백십])*"
    r"(?:\s?[0-9][0-9,]*(?![0-9,.]*\s?[년월일]))?"
)
_KOREAN_PART: Final = re.compile(r"([0-9][0-9,]*(?:\.[0-9]+)?)|([조억만천백십])")
_KOREAN_SCALE: Final = {"십": 10, "백": 100, "천": 1000, "만": 10**4, "억": 10**8, "조": 10**12}
_MYRIAD: Final = 10**4
_ORDINAL_STOP: Final = re.compile(r"\.\s+\S")
_SENTENCE_START: Final = re.compile(r"(?:^|[.!?:\n“\"«„])\s*\Z")


@dataclass(frozen=True, slots=True)
class Numeral:
    """A number at ``[start, end)``.

    ``step`` is the place value of its last stated digit; ``plain``: whole digits without separator or scale, as in a
    year; ``factor``: of the scale words written; ``worded``: in words; ``collective``: a round number of speech such as
    "dozen".
    """

    start: int
    end: int
    value: Decimal
    step: Decimal
    plain: bool = False
    factor: Decimal = Decimal(1)
    worded: bool = False
    collective: bool = False


@dataclass(frozen=True, slots=True)
class _Grammar:
    digits: re.Pattern[str]
    scale_word: re.Pattern[str]
    scale_sign: re.Pattern[str]
    scales: dict[str, Decimal]
    half_after: re.Pattern[str]
    vague: re.Pattern[str]
    run: re.Pattern[str] | None
    token: re.Pattern[str]
    values: dict[str, Decimal]
    one: frozenset[str]
    half: frozenset[str]
    add_half: frozenset[str]
    collectives: frozenset[str]
    alone: frozenset[str]
    grouping: str
    decimal: str
    stop_is_ordinal: bool


def _any_of(words: list[str]) -> str:
    return "|".join(re.escape(w).replace(r"\ ", r"\s+") for w in sorted(words, key=len, reverse=True)) or r"(?!)"


def _german_compounds(words: dict[str, Any]) -> dict[str, Any]:
    """Spells the numbers from einundzwanzig to neunundneunzig, and the hundreds and thousands up to twelve of them."""
    ones = {"ein": 1} | {word: value for word, value in words.items() if 2 <= value <= 12 and value == int(value)}
    tens = {word: value for word, value in words.items() if 20 <= value <= 90}
    made = {f"{one}und{ten}": n + t for ten, t in tens.items() for one, n in ones.items() if n < 10}
    return made | {
        f"{one}{word}": n * v for one, n in ones.items() for word, v in (("hundert", 100), ("tausend", 1000))
    }


@cache
def _grammar(lang: str) -> _Grammar:
    table = read_word_list("numerals")[lang]
    words = dict(table["words"])
    if lang == "de":
        words = _german_compounds(words) | words
    values = {word: Decimal(str(value)) for word, value in {**words, **table["collectives"]}.items()}
    values |= dict.fromkeys(table["one"], Decimal(1)) | dict.fromkeys(table["half"], _HALF)
    values |= dict.fromkeys(table["half_after"], _HALF)
    token = _any_of(list(values))
    joins = _any_of(table["joins"])
    between = rf"(?:\s+(?:(?:{joins})\s+)?|-(?:(?:{joins})-)?)"
    scales = {word if len(word) <= _SIGN else word.lower(): Decimal(value) for word, value in table["scales"].items()}
    scale = rf"[\s-]?(?P<scale>ANY)(?!{_LETTER}|[0-9])"
    return _Grammar(
        digits=re.compile(_DIGITS.replace("BLANKS", _BLANK_GROUPS if table["blank_groups"] else _SURE_BLANK_GROUPS)),
        scale_word=re.compile(scale.replace("ANY", _any_of([word for word in scales if len(word) > _SIGN]))),
        scale_sign=re.compile(scale.replace("ANY", _any_of([word for word in scales if len(word) <= _SIGN]))),
        scales=scales,
        half_after=re.compile(rf"\s+(?:{_any_of(table['half_after'])})(?!\w)"),
        vague=re.compile(rf"(?:^|\W)(?:{_any_of(table['vague'])})[\s-]*\Z"),
        run=re.compile(rf"(?<![\w-])(?:{token})(?:{between}(?:{token}))*(?!\w)") if words else None,
        token=re.compile(rf"(?<!\w)(?:{token})(?!\w)"),
        values=values,
        one=frozenset(table["one"]),
        half=frozenset(table["half"]),
        add_half=frozenset(table["half_after"]),
        collectives=frozenset(table["collectives"]),
        alone=frozenset(table["alone"]),
        grouping=table["grouping"],
        decimal=table["decimal"],
        stop_is_ordinal=lang == "de",
    )


def _place(value: Decimal) -> Decimal:
    """Place value of the last digit of ``value`` that is not zero; 1 for zero."""
    normal = value.normalize()
    exponent = normal.as_tuple().exponent
    return Decimal(1).scaleb(exponent) if normal and isinstance(exponent, int) else Decimal(1)


def _read_digits(token: str, grammar: _Grammar) -> tuple[Decimal, Decimal]:
    """Value and place value of the last digit of a token of digits and separators."""
    token = token.replace(" ", "").replace("'", "").replace("’", "")
    separators = [c for c in token if c in ".,"]
    if not separators:
        return Decimal(token), _place(Decimal(token))
    last = separators[-1]
    whole, _, rest = token.rpartition(last)
    if len(set(separators)) == 1:
        three = len(rest) == 3 and len(whole) <= 3 and not whole.startswith("0")
        grouped = len(separators) > 1 or (three and grammar.grouping in (last, "any"))
    else:
        grouped = separators.count(last) > 1
    if grouped:
        value = Decimal(token.replace(".", "").replace(",", ""))
        return value, _place(value)
    value = Decimal(f"{whole.replace('.', '').replace(',', '')}.{rest}")
    return value, Decimal(1).scaleb(-len(rest))


def _is_identifier(text: str, start: int, end: int, grammar: _Grammar) -> bool:
    """Whether digits are part of a name, an ordinal, a time or the like rather than a number."""
    before = text[start - 1 : start]
    if _GLUED_BEFORE.search(text, max(0, start - 12), start) or _GLUED_AFTER.match(text, end):
        return True
    cased = before.isalpha() and (before in "제第" or not _no_case(before))
    if cased and unit_words(None).preceding(text, start) is None:
        return True
    return grammar.stop_is_ordinal and end - start <= 2 and bool(_ORDINAL_STOP.match(text, end))


def _no_case(letter: str) -> bool:
    return letter.lower() == letter.upper()


def _scaled(text: str, folded: str, found: Numeral, grammar: _Grammar) -> Numeral:
    """The numeral with the scale words that follow it."""
    end, factor, step = found.end, Decimal(1), found.step
    while match := grammar.scale_word.match(folded, end) or grammar.scale_sign.match(text, end):
        factor *= grammar.scales[" ".join(match["scale"].split())]
        end = match.end()
    if factor == 1:
        return found
    value, step = found.value * factor, step * factor
    if half := grammar.half_after.match(folded, end):
        value, step, end = value + factor * _HALF, factor * _HALF, half.end()
    if found.value == found.value.to_integral_value() and found.step >= 1:
        step = min(step, _place(value))
    return Numeral(found.start, end, value, step, factor=factor)


def _korean(match: re.Match[str]) -> Numeral:
    total, section, current, factor = Decimal(0), Decimal(0), None, 1
    for digits, scale in _KOREAN_PART.findall(match.group()):
        if digits:
            current = Decimal(digits.replace(",", ""))
        elif (factor := _KOREAN_SCALE[scale]) < _MYRIAD:
            section += (1 if current is None else current) * factor
            current = None
        else:
            total += (section + (current or 0)) * factor
            section, current = Decimal(0), None
    value = total + section + (current or 0)
    return Numeral(match.start(), match.end(), value, _place(value), factor=Decimal(factor))


def _in_digits(text: str, folded: str, lang: str, grammar: _Grammar) -> Iterator[Numeral]:
    at = 0
    while match := grammar.digits.search(text, at):
        start, end = match.span()
        korean = _KOREAN.match(text, start, start + _LONGEST) if lang == "ko" else None
        if end - start > _LONGEST or _is_identifier(text, start, end, grammar):
            rest = _TOKEN_REST.match(text, end)
            at = max(end, rest.end() if rest else end)
            continue
        if korean is not None:
            yield _korean(korean)
            at = korean.end()
            continue
        value, step = _read_digits(match.group(), grammar)
        plain = match.group().isdigit()
        numeral = _scaled(text, folded, Numeral(start, end, value, step, plain=plain), grammar)
        yield numeral
        at = numeral.end


@dataclass(slots=True)
class _Spelled:
    """A number in words, as far as it has been read."""

    start: int
    end: int
    total: Decimal = Decimal(0)
    current: Decimal = Decimal(0)
    scale: Decimal = Decimal(1)
    words: int = 0
    only_halved: bool = False
    collective: bool = False

    def takes(self, word: str, value: Decimal, grammar: _Grammar) -> bool:
        """Whether ``word`` can come next (or first)."""
        current, first = self.current, self.words == 0
        if word in grammar.add_half:
            return not first
        if word in grammar.collectives or _is_power(value):
            return current > 0 or word in grammar.alone
        if value >= 100 or word in grammar.half:
            return current == 0 and (first or value >= 100)
        if word in grammar.one:
            return first or (current % 10 == 0 and current >= 20)
        tens_then_unit = value < 10 and current % 100 >= 20 and current % 10 == 0
        score_then_teen = value < 20 and current % 100 in (60, 80)  # "soixante-quinze", "quatre-vingt-dix"
        return current % 100 == 0 or tens_then_unit or score_then_teen

    def take(self, word: str, value: Decimal, end: int, grammar: _Grammar) -> None:
        """Goes on by one word that it takes."""
        if word in grammar.add_half and self.current:
            self.current += _HALF
        elif word in grammar.add_half:
            self.total += self.scale * _HALF
        elif word in grammar.collectives or (_is_power(value) and value >= 1000):
            self.total += (self.current or 1) * value
            self.current, self.scale = Decimal(0), value
            self.collective = self.collective or word in grammar.collectives
        elif value == 100:
            self.current = (self.current or 1) * value
        else:
            self.current += value
        self.only_halved = word in grammar.half
        self.end, self.words = end, self.words + 1

    def numeral(self) -> Numeral:
        """The number read."""
        value = self.total + self.current
        return Numeral(
            self.start, self.end, value, _place(value), factor=self.scale, worded=True, collective=self.collective
        )


def _is_power(value: Decimal) -> bool:
    return value >= 100 and value == _place(value)


def _evaluate(folded: str, start: int, end: int, grammar: _Grammar) -> Iterator[Numeral]:
    """The numbers that a run of number words spells."""
    spelled: _Spelled | None = None
    for match in grammar.token.finditer(folded, start, end):
        word = " ".join(match.group().split())
        value = grammar.values[word]
        if spelled is None or not spelled.takes(word, value, grammar):
            if spelled is not None and _counts(spelled):
                yield spelled.numeral()
            spelled = _Spelled(match.start(), match.start())
            if not spelled.takes(word, value, grammar):
                spelled = None
                continue
        spelled.take(word, value, match.end(), grammar)
    if spelled is not None and _counts(spelled):
        yield spelled.numeral()


def _counts(spelled: _Spelled) -> bool:
    """Whether it is a number rather than a lone article or "half"."""
    return not spelled.only_halved and spelled.total + spelled.current != 1


def _in_words(text: str, folded: str, grammar: _Grammar) -> Iterator[Numeral]:
    if grammar.run is None:
        return
    for run in grammar.run.finditer(folded):
        if grammar.vague.search(folded, max(0, run.start() - 20), run.start()):
            continue
        for numeral in _evaluate(folded, *run.span(), grammar):
            capital = text[numeral.start].isupper() and not _SENTENCE_START.search(
                text, max(0, numeral.start - 4), numeral.start
            )
            if not (capital and numeral.value < 100):
                yield numeral


def find_numerals(text: str, lang: str | None) -> tuple[Numeral, ...]:
    """The numbers of a text, in order, apart from each other.

    Digits glued to letters, ordinals, times, versions and telephone numbers are none. "One" and its kin count only
    where they multiply.

    Args:
        text: text in normal form.
        lang: ISO 639-1 code; it decides how separators and words are read.

    Returns:
        The numbers.
    """
    key = lang if lang is not None and lang in read_word_list("numerals") else "other"
    grammar = _grammar(key)
    folded = fold(text)
    digits = list(_in_digits(text, folded, key, grammar))
    taken = {position for numeral in digits for position in (numeral.start, numeral.end - 1)}
    words = [n for n in _in_words(text, folded, grammar) if not taken.intersection(range(n.start, n.end))]
    return tuple(sorted(digits + words, key=lambda numeral: numeral.start))
