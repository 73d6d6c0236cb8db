"""Which addresses may be fetched."""

import ipaddress

import pytest

from claimcheck.errors import FetchError, ForbiddenAddress, ReadError
from claimcheck.readers.address import check_address, is_public

from .conftest import refusal


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1/",
        "http://127.1/",
        "http://localhost/",
        "https://localhost:8443/x",
        "http://[::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://[::ffff:7f00:1]/",
        "http://169.254.169.254/latest/meta-data/",
        "http://10.0.0.1/",
        "http://172.16.0.1/",
        "http://192.168.1.1/",
        "http://100.64.0.1/",
        "http://0.0.0.0/",
        "http://[::]/",
        "http://224.0.0.1/",
        "http://[fe80::1]/",
        "http://[fc00::1]/",
        "http://[fec0::1]/",
        "http://2130706433/",
        "http://0x7f000001/",
        "http://0x7f.0.0.1/",
        "http://0177.0.0.1/",
        "http://127.0.0.1./",
        "HTTP://127.0.0.1/",
        "http://user:word@example.org/",
        "file:///etc/passwd",
        "ftp://example.org/x",
        "gopher://example.org/",
    ],
)
def test_addresses_that_lead_elsewhere_than_to_the_web_are_refused(address):
    assert isinstance(refusal(address), ForbiddenAddress)


@pytest.mark.parametrize("address", ["http://", "http:///x", "http://[::1", "http://a:99999/", "https://?x"])
def test_what_is_no_address_is_refused(address):
    assert isinstance(refusal(address), ReadError)


@pytest.mark.parametrize(
    ("machine", "public"),
    [
        ("93.184.215.14", True),
        ("2606:2800:21f:cb07:6820:80da:af6b:8b2c", True),
        ("64:ff9b::5db8:d70e", True),
        ("64:ff9b::7f00:1", False),
        ("::ffff:10.0.0.1", False),
        ("2002:7f00:1::", False),
        ("2001:0:7f00:1::", False),
        ("::127.0.0.1", False),
        ("255.255.255.255", False),
        ("198.18.0.1", False),
        ("ff02::1", False),
    ],
)
def test_public_machines(machine, public):
    assert is_public(ipaddress.ip_address(machine)) is public


def test_one_private_machine_among_public_ones_is_enough_to_refuse():
    with pytest.raises(ForbiddenAddress, match=r"10\.0\.0\.1"):
        check_address("http://mixed.test/", resolve=lambda host, port: ["93.184.215.14", "10.0.0.1"])


def test_a_checked_address_in_parts():
    target = check_address("HTTPS://Bücher.test:444/a b?q=ü#part", resolve=lambda host, port: ["93.184.215.14"])
    assert (target.scheme, target.host, target.port) == ("https", "xn--bcher-kva.test", 444)
    assert target.request == "/a%20b?q=%C3%BC"
    assert target.host_header == "xn--bcher-kva.test:444"
    assert target.machines == ("93.184.215.14",)
    assert "#" not in target.url


def test_a_name_that_nobody_has():
    def nobody(host, port):
        raise OSError("no such name")

    with pytest.raises(FetchError, match="no machine of the name"):
        check_address("http://nobody.test/", resolve=nobody)
