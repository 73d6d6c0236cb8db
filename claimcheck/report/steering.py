"""Characters that act on what shows them."""

from __future__ import annotations

import re
from typing import Final

_STEERING: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")


def visible(text: str) -> str:
    """Text with each character that would steer a terminal or turn the direction of writing spelled out.

    Text in normal form holds none of them and stays as it is.

    Args:
        text: any text; newlines and tabs stay.
    """
    return _STEERING.sub(lambda found: f"<U+{ord(found[0]):04X}>", text)
