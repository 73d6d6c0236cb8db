"""Zip archives from strangers, unpacked within bounds."""

from __future__ import annotations

import io
import zipfile
import zlib
from typing import Final

from claimcheck.errors import ReadError, TooLarge, UnsupportedFormat
from claimcheck.readers.sniff import OLE_MAGIC
from claimcheck.readers.source import Source, as_megabytes

_MOST_MEMBERS: Final = 10_000
_UNPACKED_PER_BYTE: Final = 4
_STEP: Final = 65_536
_ENTITY: Final = b"<!ENTITY"


def repacked(source: Source, form: str) -> io.BytesIO:
    """The same archive, whose members are stored as they are.

    A small archive can unpack to a size that no machine holds, and what its directory says of sizes may be false.
    So it is unpacked here step by step, and libraries get a copy that cannot grow.

    Args:
        source: the archive. Its members together may hold 4 times ``max_bytes``, its XML ``max_bytes``.
        form: what the file should be, for messages: ``.docx``.

    Returns:
        An uncompressed zip archive with the same members.

    Raises:
        ReadError: not a zip archive, damaged, protected by a password, or larger than allowed when unpacked.
    """
    if source.data.startswith(OLE_MAGIC):
        raise UnsupportedFormat(
            f"{source.path}: is protected by a password or in an old Office format.",
            f"Open it, and save it as {form} without a password.",
        )
    out = io.BytesIO()
    try:
        with zipfile.ZipFile(io.BytesIO(source.data)) as archive, zipfile.ZipFile(out, "w") as copy:
            members = {member.filename: member for member in archive.infolist()}
            if len(members) > _MOST_MEMBERS:
                raise _bomb(source, f"holds more than {_MOST_MEMBERS} files")
            room = _UNPACKED_PER_BYTE * source.max_bytes
            xml_room = source.max_bytes
            for member in members.values():
                is_xml = member.filename.endswith((".xml", ".rels"))
                content = _unpacked(archive, member, min(room, xml_room) if is_xml else room, source)
                if is_xml and _ENTITY in content:
                    raise ReadError(
                        f"{source.path}: declares XML entities, which no office program does.",
                        "Do not trust this file.",
                    )
                room -= len(content)
                xml_room -= len(content) if is_xml else 0
                copy.writestr(member.filename, content)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError) as error:
        # RuntimeError: a member is encrypted; NotImplementedError: an unknown compression; OSError, ValueError: offsets
        # that lead outside of the archive.
        raise ReadError(
            f"{source.path}: is not a {form} file, or is damaged ({error}).", f"Open it and save it as {form} again."
        ) from error
    out.seek(0)
    return out


def _unpacked(archive: zipfile.ZipFile, member: zipfile.ZipInfo, room: int, source: Source) -> bytes:
    content = bytearray()
    with archive.open(member) as stream:
        while chunk := stream.read(_STEP):
            content += chunk
            if len(content) > room:
                limit = as_megabytes(_UNPACKED_PER_BYTE * source.max_bytes)
                raise _bomb(source, f"unpacks to more than the limit ({limit}, of which a quarter may be XML)")
    return bytes(content)


def _bomb(source: Source, what: str) -> TooLarge:
    return TooLarge(f"{source.path}: {what}.", "Do not trust this file; if you do, raise the setting max_file_mb.")
