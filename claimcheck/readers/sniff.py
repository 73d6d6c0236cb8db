"""Which format bytes are in, judged by the bytes alone."""

from __future__ import annotations

import json
import re
from typing import Final

OLE_MAGIC: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""Begins old Office files and password-protected new ones ([MS-CFB] 2.2)."""

_ZIP_MAGIC: Final = b"PK\x03\x04"
_PDF_MAGIC: Final = b"%PDF-"
_LOOKED_AT: Final = 1024
_HTML: Final = re.compile(rb"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html)\b", re.I | re.S)


def sniff(data: bytes) -> str | None:
    """The format that bytes are in.

    Args:
        data: the whole of a source.

    Returns:
        ``.pdf``, ``.docx``, ``.odt``, ``.html`` or ``.jsonl``, or ``None`` if the bytes are none of these.
    """
    head = data[:_LOOKED_AT]
    if _PDF_MAGIC in head:
        return ".pdf"
    if head.startswith(_ZIP_MAGIC):
        return ".odt" if b"mimetypeapplication/vnd.oasis.opendocument.text" in head else ".docx"
    if _HTML.match(head.removeprefix(b"\xef\xbb\xbf")):
        return ".html"
    return ".jsonl" if _is_json_line(data) else None


def _is_json_line(data: bytes) -> bool:
    if not data.lstrip(b"\xef\xbb\xbf\r\n").startswith(b"{"):
        return False
    try:
        first = json.loads(data.lstrip(b"\xef\xbb\xbf\r\n").split(b"\n", 1)[0])
    except (ValueError, RecursionError):
        return False
    return isinstance(first, dict) and "text" in first
