"""The one normal form of text. Every span in claimcheck counts characters of text in this form."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_NEWLINE: Final = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_BLANK: Final = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")
_INVISIBLE: Final = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f"  # C0 and C1 controls
    "\u00ad\ufeff"  # soft hyphen, byte order mark
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # bidirectional controls
    "\u180e\u200b\u2060-\u2065\u206a-\u206f\ufff9-\ufffb"  # zero width, invisible operators, annotation marks
    "\U000e0000-\U000e007f]"  # tags: unseen by people, read by language models
)
# Joiners are spelling in Arabic and Indic scripts and glue in emoji; anywhere else they only hide a word from a search.
_STRAY_JOINER: Final = re.compile(
    "(?<![\u0600-\u07ff\u0840-\u0fff\u1000-\u109f\u1780-\u17ff\u2600-\u27bf\ufe0f\U0001f000-\U0001faff])[\u200c\u200d]"
)
_SURROGATE: Final = re.compile("[\ud800-\udfff]")


def normalise(text: str) -> str:
    r"""Text in the form that all spans refer to.

    Newlines become ``\n``, blanks of every width a plain blank; controls, soft hyphens, zero-width and bidirectional
    marks go; what remains is in Unicode normal form C (Unicode Standard Annex 15). Lone surrogates, which no file can
    hold, become U+FFFD. Tabs stay. Normalising twice changes nothing.

    Args:
        text: any text.

    Returns:
        The text in normal form.
    """
    text = _NEWLINE.sub("\n", text)
    text = _BLANK.sub(" ", text)
    text = _INVISIBLE.sub("", text)
    text = _STRAY_JOINER.sub("", text)
    text = _SURROGATE.sub("\ufffd", text)
    return unicodedata.normalize("NFC", text)
