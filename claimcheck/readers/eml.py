"""Electronic mail (RFC 5322, MIME)."""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Iterator
from datetime import date
from email.message import EmailMessage, MIMEPart
from email.utils import parseaddr
from typing import Final

from claimcheck.errors import EmptyDocument, ReadError
from claimcheck.readers.encoding import decode
from claimcheck.readers.source import DAMAGE, Source, make_document
from claimcheck.text.normalise import normalise
from claimcheck.types import Document

# In a flowed text (RFC 3676 4.1) a blank at the end of a line says that the paragraph goes on; "-- " signs off.
_SOFT_BREAK: Final = re.compile(r"(?<!^-- )(?<=[ ])\r?\n(?!>)", re.MULTILINE)


def read(source: Source) -> Iterator[Document]:
    """Reads a mail: its plain text, or the text of its HTML if it has no plain one.

    Title is the subject, author the sender, day of publication the day it was sent. Attachments are not read; the note
    ``attachments`` names them.

    Raises:
        ReadError: not a mail, or without text.
    """
    try:
        message = email.message_from_bytes(source.data, policy=email.policy.default)
        body = message.get_body(("plain", "html"))
        subject, sent = _header(message, "Subject"), _sent(message)
        name, address = parseaddr(_header(message, "From") or "")
        attachments = [part.get_filename() or "unnamed" for part in message.iter_attachments()]
    except DAMAGE as error:
        raise ReadError(f"{source.path}: is not a mail, or is damaged.", "Save the mail's text as .txt.") from error
    if not message.keys():
        raise ReadError(f"{source.path}: is not a mail: it has no headers.", "If it is plain text, name it .txt.")
    if body is None:
        raise EmptyDocument(f"{source.path}: the mail holds no text.", "Save its attachments, and read those.")
    yield make_document(
        source,
        _text(body, source),
        title=subject,
        author=name or address,
        published=sent,
        notes={"attachments": ", ".join(attachments)} if attachments else {},
    )


def _header(message: EmailMessage, name: str) -> str | None:
    value = message.get(name)
    return str(value) if value is not None else None


def _sent(message: EmailMessage) -> date | None:
    header = message.get("Date")
    sent = getattr(header, "datetime", None)
    return sent.date() if sent is not None else None


def _text(body: MIMEPart, source: Source) -> str:
    payload = body.get_payload(decode=True)
    data = payload if isinstance(payload, bytes) else b""
    text, _ = decode(data, source.path, body.get_content_charset())
    if body.get_content_subtype() == "html":
        from claimcheck.readers.html import visible_text

        return visible_text(text)
    if body.get_param("format") == "flowed":
        text = _SOFT_BREAK.sub("", text)
    return normalise(text)
