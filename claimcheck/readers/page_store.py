"""Keeps the bytes of fetched pages, so that a verdict can be traced to what the page said on that day."""

from __future__ import annotations

import hashlib
import json
import tempfile
from pathlib import Path

from claimcheck.errors import ReadError


def keep_page(store: Path, data: bytes, facts: dict[str, str | None]) -> Path:
    """Writes the bytes of a page as ``<sha256>``, and what is known of it as ``<sha256>.json``.

    A page that is there already stays as it was first fetched.

    Args:
        store: folder; it is made if it is missing.
        data: the bytes.
        facts: address, day and the like.

    Returns:
        The file of the bytes.

    Raises:
        ReadError: the folder cannot be written to.
    """
    page = store / hashlib.sha256(data).hexdigest()
    sidecar = page.with_name(f"{page.name}.json")
    try:
        store.mkdir(parents=True, exist_ok=True)
        for file, content in ((page, data), (sidecar, json.dumps(facts, ensure_ascii=False, indent=2).encode())):
            if not file.exists():
                _write_whole(file, content)
    except OSError as error:
        raise ReadError(
            f"{store}: the fetched page cannot be kept: {error}.", "Free space on the disk, or change its permissions."
        ) from error
    return page


def _write_whole(file: Path, content: bytes) -> None:
    with tempfile.NamedTemporaryFile(dir=file.parent, delete=False) as part:
        part.write(content)
    Path(part.name).replace(file)
