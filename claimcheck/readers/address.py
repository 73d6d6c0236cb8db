"""Which addresses may be fetched: those that lead to the open web, and to no machine of the user's own network."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from urllib3.exceptions import LocationParseError
from urllib3.util import parse_url

from claimcheck.errors import FetchError, ForbiddenAddress

Resolve = Callable[[str, int], Sequence[str]]
"""From a host name and a port to the IP addresses, as text, that it stands for. Raises OSError if there are none."""

_PORTS: Final = {"http": 80, "https": 443}
_NAT64: Final = ipaddress.ip_network("64:ff9b::/96")  # RFC 6052
_NEXT_STEP: Final = "Give an address of the public web, or save the page as a file and read that."

_IP = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True, slots=True)
class Target:
    """A web address that was checked, and the machines that it leads to.

    Attributes:
        url: the address in normal form, without fragment.
        scheme: ``http`` or ``https``.
        host: host name or IP address, in ASCII, without brackets.
        port: port number.
        request: path and query, percent-encoded.
        machines: IP addresses, each checked. Connect to one of these, never to ``host``: a name can change its mind.
    """

    url: str
    scheme: str
    host: str
    port: int
    request: str
    machines: tuple[str, ...]

    @property
    def host_header(self) -> str:
        """The value of the ``Host`` header (RFC 9110 7.2)."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"


def resolve_name(host: str, port: int) -> tuple[str, ...]:
    """The IP addresses of a host, by the system's resolver."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(address[0]) for *_, address in found))


def check_address(address: str, *, resolve: Resolve = resolve_name, allow_private: bool = False) -> Target:
    """Where an address leads, if it may be fetched.

    Args:
        address: as the user or a redirect gives it.
        resolve: from a host name to IP addresses.
        allow_private: lets addresses of private networks and of this machine pass. No setting leads here.

    Returns:
        The checked target.

    Raises:
        ForbiddenAddress: not http or https, or a machine that it stands for is not on the public internet.
        FetchError: not an address, or no machine has this name.
    """
    try:
        url = parse_url(address.strip())
    except LocationParseError as error:
        raise FetchError(f"{address}: is not an address.", "Check its spelling.") from error
    if url.scheme not in _PORTS:
        raise ForbiddenAddress(f"{address}: only http and https addresses are fetched.", _NEXT_STEP)
    if not url.host:
        raise FetchError(f"{address}: names no host.", "Check its spelling.")
    if url.auth is not None:
        raise ForbiddenAddress(f"{address}: holds a name or password.", "Remove it from the address.")
    host = url.host.strip("[]").rstrip(".")
    port = url.port or _PORTS[url.scheme]
    machines = _machines(address, host, port, resolve)
    if not allow_private:
        for machine in machines:
            if not is_public(machine):
                raise ForbiddenAddress(
                    f"{address}: leads to {machine}, which is not on the public internet.", _NEXT_STEP
                )
    return Target(
        url=url._replace(fragment=None).url,
        scheme=url.scheme,
        host=host,
        port=port,
        request=url._replace(path=url.path or "/").request_uri,
        machines=tuple(str(machine) for machine in machines),
    )


def _machines(address: str, host: str, port: int, resolve: Resolve) -> list[_IP]:
    try:
        # The old spellings of IPv4 ("2130706433", "0x7f.1") are numbers to some resolvers and names to others.
        return [ipaddress.IPv4Address(socket.inet_aton(host))]
    except (OSError, UnicodeError):
        pass
    try:
        return [ipaddress.ip_address(found) for found in resolve(host, port)]
    except (OSError, UnicodeError) as error:
        raise FetchError(
            f"{address}: no machine of the name {host!r} was found.",
            "Check the spelling and the network, or save the page as a file and read that.",
        ) from error


def is_public(machine: _IP) -> bool:
    """Whether an IP address is one of the public internet.

    An IPv6 address that stands for an IPv4 address (mapped, NAT64) is judged by that one; one that goes through an IPv4
    address (6to4, Teredo) by both.
    """
    if isinstance(machine, ipaddress.IPv6Address):
        if machine.ipv4_mapped is not None:
            return is_public(machine.ipv4_mapped)
        if machine in _NAT64:
            return is_public(ipaddress.IPv4Address(int(machine) & 0xFFFF_FFFF))
        through = (machine.sixtofour, *(machine.teredo or ()))
        if machine.is_site_local or not all(is_public(inner) for inner in through if inner is not None):
            return False
    return machine.is_global and not (machine.is_multicast or machine.is_reserved or machine.is_unspecified)
