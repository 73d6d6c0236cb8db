"""Fetches a web page, within bounds of time, of size and of where it may lead."""

from __future__ import annotations

import http.client
import logging
import re
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urljoin

import certifi
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError
from urllib3.response import HTTPResponse

from claimcheck.errors import FetchError, UnsupportedFormat
from claimcheck.readers.address import Resolve, Target, check_address, resolve_name
from claimcheck.readers.page_store import keep_page
from claimcheck.readers.sniff import sniff
from claimcheck.readers.source import Source, too_large

logging.getLogger("urllib3").setLevel(logging.ERROR)  # its warnings are about servers, not about us

MOST_REDIRECTS: Final = 5
_REDIRECTS: Final = frozenset((301, 302, 303, 307, 308))
_STEP: Final = 65_536
_SUFFIXES: Final = {
    "text/html": ".html",
    "application/xhtml+xml": ".html",
    "application/pdf": ".pdf",
    "application/x-pdf": ".pdf",
    "text/plain": ".txt",
}
_HEADERS: Final = {
    "User-Agent": "claimcheck",
    "Accept": "text/html,application/xhtml+xml,application/pdf;q=0.9,text/plain;q=0.8",
    "Accept-Encoding": "identity",
    "Connection": "close",
}
_CHARSET: Final = re.compile(r"""charset\s*=\s*["']?([^"';\s]+)""", re.IGNORECASE)
_AS_FILE: Final = "Save the page as a file in a browser, and read that."


@dataclass(frozen=True, slots=True)
class Fetched:
    """A page as it came.

    Attributes:
        target: where it came from, after redirects.
        data: the bytes of its body.
        content_type: the media type in lower case, without parameters; ``None`` if the server states none.
        charset: the stated encoding.
        sent: the server's ``Date`` header.
        day: the day it was fetched.
    """

    target: Target
    data: bytes
    content_type: str | None
    charset: str | None
    sent: str | None
    day: date


def open_page(
    address: str,
    *,
    max_bytes: int,
    timeout_s: float,
    store: Path | None = None,
    resolve: Resolve = resolve_name,
    allow_private: bool = False,
) -> tuple[str, Source]:
    """Fetches a page, and keeps its bytes.

    Args:
        address: http or https address.
        max_bytes: largest page that is read.
        timeout_s: seconds for all of it, redirects included.
        store: folder to keep the bytes in; ``None`` keeps none.
        resolve: from a host name to IP addresses.
        allow_private: lets addresses of private networks and of this machine pass. No setting leads here.

    Returns:
        The suffix of the page's format (``.html``, ``.pdf``, ``.txt``), and the page.

    Raises:
        ForbiddenAddress: it, or a redirect, leads elsewhere than to the public web.
        TooLarge: it has more than ``max_bytes``.
        UnsupportedFormat: it is neither HTML, PDF nor plain text.
        FetchError: it cannot be reached, answers with an error, or takes too long.
    """
    page = fetch(address, max_bytes=max_bytes, timeout_s=timeout_s, resolve=resolve, allow_private=allow_private)
    suffix = _suffix(address, page)
    if store is not None:
        facts = {
            "url": address,
            "final_url": page.target.url,
            "day": page.day.isoformat(),
            "content_type": page.content_type,
            "date": page.sent,
        }
        keep_page(store, page.data, facts)
    last = unquote(page.target.request.split("?", 1)[0].rstrip("/").rpartition("/")[2])
    host = page.target.host.removeprefix("www.")
    source = Source(
        data=page.data,
        path=address,
        # The name is cut at its last dot, as a file's is, so it gets a suffix for that.
        name=f"{host} {Path(last).stem}{suffix}" if last else f"{host}{suffix}",
        max_bytes=max_bytes,
        charset=page.charset,
        url=page.target.url,
        publisher=host,
        retrieved=page.day,
    )
    return suffix, source


def _suffix(address: str, page: Fetched) -> str:
    suffix = _SUFFIXES.get(page.content_type) if page.content_type else sniff(page.data) or ".txt"
    if suffix not in _SUFFIXES.values():
        raise UnsupportedFormat(
            f"{address}: is {page.content_type or suffix}, not a page of HTML, PDF or plain text.",
            "Download it, and read the file.",
        )
    return str(suffix)


def fetch(
    address: str, *, max_bytes: int, timeout_s: float, resolve: Resolve = resolve_name, allow_private: bool = False
) -> Fetched:
    """Fetches the bytes of a page.

    Every redirect is checked as the first address is, and each connection goes to the IP address that was checked, with
    the certificate checked against the host's name, so that a name which changes what it stands for leads nowhere
    else. Proxies and cookies are not used.

    Args:
        address: http or https address.
        max_bytes: largest page that is read.
        timeout_s: seconds for all of it; a server that sends slowly is cut off.
        resolve: from a host name to IP addresses.
        allow_private: lets addresses of private networks and of this machine pass. No setting leads here.

    Returns:
        The page.

    Raises:
        ReadError: as for :func:`open_page`.
    """
    deadline = time.monotonic() + timeout_s
    here = address
    for _ in range(MOST_REDIRECTS + 1):
        target = check_address(here, resolve=resolve, allow_private=allow_private)
        try:
            with _connection(target, deadline) as connection:
                response = _response(connection, target)
                if response.status not in _REDIRECTS or "Location" not in response.headers:
                    page = _page(response, target, address, max_bytes)
                    if time.monotonic() >= deadline:  # being hung up on may look like the end of the page
                        raise TimeoutError("timed out")
                    return page
                here = urljoin(target.url, response.headers["Location"])
        except (HTTPError, http.client.HTTPException, OSError, ValueError) as error:
            # ValueError: a Location or a header that cannot be parsed
            if time.monotonic() >= deadline:
                raise FetchError(
                    f"{address}: took longer than {timeout_s:g} s.", f"Raise the setting fetch_timeout_s. {_AS_FILE}"
                ) from error
            raise FetchError(f"{address}: cannot be fetched: {_cause(error)}.", _AS_FILE) from error
    raise FetchError(f"{address}: redirects more than {MOST_REDIRECTS} times.", _AS_FILE)


def _page(response: HTTPResponse, target: Target, address: str, max_bytes: int) -> Fetched:
    if response.status >= 400 or response.status < 200 or response.status in _REDIRECTS:
        raise FetchError(f"{address}: the server answers with error {response.status}.", f"Check it. {_AS_FILE}")
    stated = response.headers.get("Content-Type", "")
    charset = _CHARSET.search(stated)
    return Fetched(
        target=target,
        data=_body(response, address, max_bytes),
        content_type=stated.split(";", 1)[0].strip().lower() or None,
        charset=charset[1] if charset else None,
        sent=response.headers.get("Date"),
        day=date.today(),
    )


def _body(response: HTTPResponse, address: str, max_bytes: int) -> bytes:
    length = response.headers.get("Content-Length", "")
    if length.isdecimal() and int(length) > max_bytes:
        raise too_large(address, max_bytes)
    body = bytearray()
    for chunk in response.stream(_STEP):
        body += chunk
        if len(body) > max_bytes:
            raise too_large(address, max_bytes)
    return bytes(body)


def _response(connection: HTTPConnection, target: Target) -> HTTPResponse:
    headers = {"Host": target.host_header, **_HEADERS}
    connection.request("GET", target.request, headers=headers, preload_content=False)
    return connection.getresponse()


@contextmanager
def _connection(target: Target, deadline: float) -> Iterator[HTTPConnection]:
    """A connection to the first of the checked machines that answers."""
    failure: Exception = TimeoutError("timed out")
    for machine in target.machines:
        left = deadline - time.monotonic()
        if left <= 0:
            break
        connection = _new_connection(target, machine, left)
        with _cut_off(connection, left) as held:
            try:
                connection.connect()
            except (HTTPError, OSError) as error:
                failure = error
                continue
            held.append(connection.sock)
            yield connection
            return
    raise failure


@contextmanager
def _cut_off(connection: HTTPConnection, after_s: float) -> Iterator[list[socket.socket]]:
    """Closes a connection at the end, and before that when its time is up.

    A timeout of a socket counts from packet to packet; a server that drips bytes must be hung up on. Once connected,
    the socket goes into the yielded list, since a connection lets go of it when the answer begins.
    """
    held: list[socket.socket] = []
    watch = threading.Timer(after_s, _hang_up, [connection, held])
    watch.daemon = True
    watch.start()
    try:
        yield held
    finally:
        watch.cancel()
        connection.close()


def _new_connection(target: Target, machine: str, timeout_s: float) -> HTTPConnection:
    if target.scheme == "http":
        return HTTPConnection(machine, target.port, timeout=timeout_s)
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return HTTPSConnection(
        machine,
        target.port,
        timeout=timeout_s,
        ssl_context=context,
        server_hostname=target.host,
    )


def _hang_up(connection: HTTPConnection, held: list[socket.socket]) -> None:
    for sock in held or [connection.sock]:
        if isinstance(sock, socket.socket):
            with suppress(OSError):  # closed already
                # The plain socket's own method: that of a TLS socket would take the TLS state from under the reader.
                socket.socket.shutdown(sock, socket.SHUT_RDWR)


def _cause(error: Exception) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not valid ({error.verify_message})"
    reason = getattr(error, "reason", None)
    if isinstance(reason, Exception):
        return _cause(reason)
    words = str(error.args[-1]) if error.args else type(error).__name__
    return words.rstrip(".")
