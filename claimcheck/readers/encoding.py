"""From bytes to characters, when nobody is sure of the encoding."""

from __future__ import annotations

import codecs
import re
from typing import Final

from claimcheck.errors import ReadError

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # begins like UTF-16's, so it comes first
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Encodings that people's files are found in, besides Unicode, commonest first, and the languages written in them.
# Neighbouring pages differ in a few letters only ("ñ" is "ń"), which shape alone does not tell apart; language does.
_WEST: Final = frozenset("en es fr de pt it nl ca gl eu da sv no nb nn is fi ga gd af id ms sw".split())  # noqa: SIM905
_LEGACY: Final[dict[str, frozenset[str]]] = {
    "cp1252": _WEST,
    "cp949": frozenset({"ko"}),
    "mac_roman": _WEST,
    "cp1250": frozenset({"pl", "cs", "sk", "hu", "ro", "hr", "sl", "bs", "sq"}),
    "iso8859_2": frozenset({"pl", "cs", "sk", "hu", "ro", "hr", "sl", "bs", "sq"}),
    "cp1251": frozenset({"ru", "uk", "bg", "be", "sr", "mk"}),
    "koi8_r": frozenset({"ru", "bg"}),
    "koi8_u": frozenset({"ru", "uk", "be"}),
    "cp1253": frozenset({"el"}),
    "cp1254": frozenset({"tr", "az"}),
    "cp1255": frozenset({"he"}),
    "cp1256": frozenset({"ar", "fa", "ur"}),
    "cp1257": frozenset({"lt", "lv", "et"}),
    "cp1258": frozenset({"vi"}),
    "cp932": frozenset({"ja"}),
    "euc_jp": frozenset({"ja"}),
    "iso2022_jp": frozenset({"ja"}),
    "gb18030": frozenset({"zh"}),
    "big5": frozenset({"zh"}),
    "cp874": frozenset({"th"}),
}
# Labels that web servers and mail programs use for a smaller encoding than they mean (WHATWG Encoding Standard 4.2).
_MEANT: Final = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "euc_kr": "cp949",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
}
_WIDE: Final = ("utf-16", "utf-32")
_LABEL: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:-]*")
_CONTROLS: Final = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_MOST_CONTROLS: Final = 0.01
_AS_LIKELY: Final = 0.05  # difference in charset-normalizer's mess ratio that says nothing


def decode(data: bytes, path: str, declared: str | None = None) -> tuple[str, str]:
    """The characters of a text.

    A byte order mark settles the encoding; then come the declared encoding, UTF-8, and a guess from the bytes. Each
    must decode every byte.

    Args:
        data: the bytes.
        path: the source's name, for the message.
        declared: the encoding that a server, a page or a mail states.

    Returns:
        The text, and the name of the encoding.

    Raises:
        ReadError: the bytes are not text in any encoding that is known.
    """
    for encoding in _certain(data, declared):
        text = _decoded(data, encoding)
        if text is not None and not _is_binary(text):
            return text, encoding
    guess = _guessed(data)
    if guess is None:
        raise ReadError(f"{path}: is not text in any known encoding.", "Save it as plain text in UTF-8.")
    return guess


def _certain(data: bytes, declared: str | None) -> list[str]:
    marked = next((encoding for mark, encoding in _MARKS if data.startswith(mark)), None)
    if marked is not None:
        return [marked]
    stated = _known(declared) if declared else None
    if stated and stated.startswith(_WIDE) and b"\x00" not in data:
        stated = None  # any bytes at all are characters in these
    return [stated, "utf-8"] if stated else ["utf-8"]


def _known(label: str) -> str | None:
    if not _LABEL.fullmatch(label):
        return None
    try:
        name = codecs.lookup(label).name
    except LookupError:
        return None
    return _MEANT.get(name, name)


def _decoded(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except (UnicodeError, LookupError):  # LookupError: a codec that is not of text, such as "hex"
        return None


def _is_binary(text: str) -> bool:
    return len(_CONTROLS.findall(text)) > _MOST_CONTROLS * len(text)


def _guessed(data: bytes) -> tuple[str, str] | None:
    if b"\x00" in data:
        return None
    from charset_normalizer import from_bytes

    from claimcheck.text.language import detect_language

    order = list(_LEGACY)
    matches = from_bytes(data, cp_isolation=order)
    likely = min((match.chaos for match in matches), default=0.0) + _AS_LIKELY
    guesses = [
        (str(match), min(set(match.could_be_from_charset) & _LEGACY.keys(), key=order.index), match.coherence)
        for match in matches
        if match.chaos <= likely and not _is_binary(str(match))
    ]

    def rank(guess: tuple[str, str, float]) -> tuple[bool, float, int]:
        text, encoding, coherence = guess
        return detect_language(text) not in _LEGACY[encoding], -coherence, order.index(encoding)

    best = min(guesses, key=rank, default=None)
    return best and best[:2]
