"""Text of drafts and evidence as data inside a prompt: one visible line without the marks that prompts are built of."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_SPACE: Final = re.compile(r"\s+")
# Joiners are part of words in Persian and in Indic scripts; in a row, or beside a space, they only hide something.
_LOOSE_JOINERS: Final = re.compile("[\u200c\u200d]{2,}|(?<!\\S)[\u200c\u200d]|[\u200c\u200d](?!\\S)")
_JOINERS: Final = "\u200c\u200d"
_VARIATIONS: Final = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
# Tags of any kind, also those that a chat template reads as the end of a turn. "< 5" and "<5" stay.
_TAG: Final = re.compile(r"<(?=[^\s\d=<.,-]|\s*/)|(?<=<)<|<(?=<)")
_NUMBER_MARK: Final = re.compile(r"\[(\s*\d+\s*)\]")
_TURN_MARK: Final = re.compile(r"\[(/?\s*(?:INST|SYSTEM\w*|TOOL\w*|AVAILABLE_TOOLS)\s*)\]", re.IGNORECASE)
_FENCE: Final = re.compile(r"`{3,}|~{3,}")


def as_data(text: str) -> str:
    """Text that stays what it is when a prompt is built around it.

    It comes out as one line, so that it cannot begin a line of its own; characters that nobody sees are gone; what
    looks like a tag, a turn of a conversation, a fence or the number of a sentence is put in other signs. Meant for the
    eyes of a model alone: quotes are cut from the stored document.

    Args:
        text: any text, of any origin.

    Returns:
        The same words in one line.
    """
    visible = _VARIATIONS.sub("", "".join(filter(_shown, unicodedata.normalize("NFC", text))))
    line = _SPACE.sub(" ", _LOOSE_JOINERS.sub("", visible)).strip()
    line = _TAG.sub("‹", line)
    line = _TURN_MARK.sub(r"(\1)", _NUMBER_MARK.sub(r"(\1)", line))
    return _FENCE.sub("'''", line).strip()


def _shown(character: str) -> bool:
    if character.isspace() or character in _JOINERS:
        return True
    return unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Co", "Cn")
