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
# Encodings that people's files are found in, besides Unicode. Fewer candidates make fewer wrong guesses.
_LEGACY: Final = [
    "cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "cp1258", "cp874",
    "iso8859_2", "iso8859_15", "koi8_r", "koi8_u", "mac_roman",
    "cp949", "cp932", "euc_jp", "iso2022_jp", "gb18030", "big5",
]  # fmt: skip
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
_LABEL: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:-]*")
_CONTROLS: Final = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_MOST_CONTROLS: Final = 0.01


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

    best = from_bytes(data, cp_isolation=_LEGACY).best()
    if best is None:
        return None
    text = str(best)
    return None if _is_binary(text) else (text, best.encoding)
