"""Fetching web pages, from a real server on this machine."""

import datetime
import gzip
import hashlib
import json
import ssl
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from claimcheck.errors import FetchError, ForbiddenAddress, ReadError, TooLarge, UnsupportedFormat
from claimcheck.readers import READERS
from claimcheck.readers.web import fetch, open_page

from .conftest import STORY, pdf_bytes


def to_loopback(host: str, port: int) -> list[str]:
    return ["127.0.0.1"]


def open_here(url, **options):
    given = {"max_bytes": 2_000_000, "timeout_s": 10.0, "resolve": to_loopback, "allow_private": True} | options
    return open_page(url, **given)


def read_here(url, **options):
    suffix, source = open_here(url, **options)
    (document,) = READERS[suffix](source)
    return document


def test_the_machine_connected_to_is_the_one_checked(site):
    site.put("/", STORY)
    answers = iter([["127.0.0.1"], ["192.0.2.1"]])  # a second question would get another answer
    page = fetch(
        site.url("/", "rebind.test"),
        max_bytes=10**6,
        timeout_s=10,
        resolve=lambda host, port: next(answers),
        allow_private=True,
    )
    assert page.data == STORY.encode()
    assert site.asked == [(f"rebind.test:{site.port}", "/")]


def test_a_fetched_page_is_kept_and_says_where_it_came_from(site, tmp_path):
    site.put("/news/park-opens.html", STORY, Date="Fri, 03 May 2024 10:00:00 GMT")
    site.put("/old", b"", status=301, Location="/news/park-opens.html?x=1#top")
    site.pages["/news/park-opens.html?x=1"] = site.pages["/news/park-opens.html"]
    address = site.url("/old", "www.daily.test")
    days = {datetime.date.today()}
    document = read_here(address, store=tmp_path / "pages")
    days.add(datetime.date.today())
    digest = hashlib.sha256(STORY.encode()).hexdigest()
    final = site.url("/news/park-opens.html?x=1", "www.daily.test")
    assert document.title == "Park opens"
    assert (document.path, document.url, document.sha256) == (address, final, digest)
    assert document.id == f"daily-test-park-opens-{digest[:8]}"
    assert document.retrieved in days
    assert (tmp_path / "pages" / digest).read_bytes() == STORY.encode()
    sidecar = json.loads((tmp_path / "pages" / f"{digest}.json").read_text())
    assert sidecar.pop("day") == document.retrieved.isoformat()
    assert sidecar.pop("date").endswith("GMT")
    assert sidecar == {"url": address, "final_url": final, "content_type": "text/html"}
    assert {path.name for path in (tmp_path / "pages").iterdir()} == {digest, f"{digest}.json"}
    read_here(site.url("/news/park-opens.html", "other.test"), store=tmp_path / "pages")
    assert json.loads((tmp_path / "pages" / f"{digest}.json").read_text())["url"] == address


def test_a_store_that_cannot_be_written_is_named(site, write):
    site.put("/", STORY)
    with pytest.raises(ReadError, match="cannot be kept"):
        open_here(site.url("/"), store=write("file", "x") / "pages")


def test_pdf_and_plain_text_pages(site):
    site.put("/a.pdf", pdf_bytes([["Printed text is here."]]), "application/pdf")
    assert read_here(site.url("/a.pdf")).locator(0) == "page 1"
    site.put("/a", "naïve words".encode("cp1252"), "text/plain; charset=iso-8859-1")
    plain = read_here(site.url("/a", "daily.test"))
    assert (plain.text, plain.publisher) == ("naïve words", "daily.test")
    site.put("/b", STORY, "")
    assert read_here(site.url("/b")).title == "Park opens"


@pytest.mark.parametrize("kind", ["image/png", "application/json", "application/zip", "text/css"])
def test_other_sorts_of_content_are_refused(site, kind):
    site.put("/", b"x", kind)
    with pytest.raises(UnsupportedFormat, match=kind):
        open_here(site.url("/"))


@pytest.mark.parametrize("status", [404, 403, 500, 503])
def test_an_error_page_is_never_read_as_evidence(site, status):
    site.put("/", STORY, status=status)
    with pytest.raises(FetchError, match=str(status)):
        open_here(site.url("/"))


def test_a_redirect_to_a_private_machine_is_refused(site):
    site.put("/", b"", status=302, Location="http://127.0.0.1:1/secret")

    def resolve(host, port):
        return ["127.0.0.1"]

    # The first address passes as "public" by name only in this test: the policy judges what each hop resolves to.
    with pytest.raises(ForbiddenAddress):
        fetch(site.url("/"), max_bytes=10**6, timeout_s=10, resolve=resolve)
    for place in ("file:///etc/passwd", "ftp://x.test/", "http://u:p@x.test/"):
        site.put("/", b"", status=302, Location=place)
        with pytest.raises(ForbiddenAddress):
            open_here(site.url("/", "x.test"))


def test_every_redirect_is_resolved_and_checked_anew(site, monkeypatch):
    site.put("/", b"", status=302, Location=f"http://inside.test:{site.port}/secret")
    site.put("/secret", STORY)
    judged = []

    def judge(machine):
        judged.append(str(machine))
        return len(judged) == 1  # as if the first hop were a public machine

    monkeypatch.setattr("claimcheck.readers.address.is_public", judge)
    with pytest.raises(ForbiddenAddress, match=r"inside\.test"):
        fetch(site.url("/", "outside.test"), max_bytes=10**6, timeout_s=10, resolve=to_loopback)
    assert len(judged) == 2
    assert [path for _, path in site.asked] == ["/"]


def test_five_redirects_are_followed_and_no_more(site):
    for n in range(6):
        site.put(f"/{n}", b"", status=307, Location=f"/{n + 1}")
    site.put("/6", STORY)
    assert read_here(site.url("/1")).title == "Park opens"
    with pytest.raises(FetchError, match="more than 5 times"):
        open_here(site.url("/0"))


def test_size_is_limited_by_word_and_by_deed(site):
    site.put("/said", b"x" * 2000)
    with pytest.raises(TooLarge):
        open_here(site.url("/said"), max_bytes=1000)
    site.put("/unsaid", b"x" * 2000)
    del site.pages["/unsaid"][1]["Content-Length"]
    with pytest.raises(TooLarge):
        open_here(site.url("/unsaid"), max_bytes=1000)
    site.put("/bomb", gzip.compress(bytes(20_000_000)), Content_Encoding="gzip")
    with pytest.raises(TooLarge):
        open_here(site.url("/bomb"), max_bytes=1_000_000)


def test_a_packed_page_within_limits_is_read(site):
    site.put("/", gzip.compress(STORY.encode()), Content_Encoding="gzip")
    assert read_here(site.url("/")).title == "Park opens"


def test_a_page_cut_short_is_no_page(site):
    site.put("/", STORY)
    site.pages["/"][1]["Content-Length"] = str(len(STORY) + 100)
    with pytest.raises(FetchError):
        open_here(site.url("/"))
    site.put("/gz", b"not gzip", Content_Encoding="gzip")
    with pytest.raises(FetchError):
        open_here(site.url("/gz"))


class Raw:
    """A server that sends given bytes, one at a time, until it is hung up on."""

    def __init__(self, first: bytes, then: bytes = b""):
        import socket

        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.stop = threading.Event()
        self.thread = threading.Thread(target=self._serve, args=(first, then), daemon=True)
        self.thread.start()

    def _serve(self, first: bytes, then: bytes):
        connection, _ = self.listener.accept()
        with connection:
            connection.recv(65536)
            connection.sendall(first)
            while then and not self.stop.wait(0.02):
                try:
                    connection.sendall(then)
                except OSError:
                    return

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop.set()
        self.listener.close()
        self.thread.join()


@pytest.mark.parametrize(
    ("first", "then"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n", b"x"),
        (b"HTTP/1.1 200 OK\r\nX-Slow: ", b"x"),
    ],
    ids=["body", "headers"],
)
def test_a_server_that_drips_is_hung_up_on(first, then):
    with Raw(first, then) as server, pytest.raises(FetchError, match=r"longer than 0\.3 s"):
        open_here(f"http://127.0.0.1:{server.port}/", timeout_s=0.3)


@pytest.mark.parametrize(
    "answer",
    [
        b"nonsense\r\n\r\n",
        b"HTTP/1.1 abc OK\r\n\r\n",
        b"HTTP/1.1 302 Found\r\nLocation: http://[\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
        b"",
    ],
)
def test_broken_answers_become_one_error_of_ours(answer):
    with Raw(answer) as server, pytest.raises(ReadError):
        open_here(f"http://127.0.0.1:{server.port}/")


def test_nobody_at_the_door(site):
    with pytest.raises(FetchError):
        open_here("http://127.0.0.1:1/")


# TLS: the certificate must be the host's, though the connection goes to an IP address


@pytest.fixture
def secure(tmp_path, monkeypatch):
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "daily.test")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("daily.test")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = tmp_path / "server.pem"
    pem.write_bytes(
        certificate.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(STORY.encode())

        def log_message(self, *args):
            pass

    class Quiet(HTTPServer):
        def handle_error(self, request, client_address):
            pass  # a reader that refuses the certificate hangs up

    server = Quiet(("127.0.0.1", 0), Handler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield server.server_address[1], pem
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_certificate_of_the_host_is_accepted(secure, monkeypatch):
    port, pem = secure
    monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    assert read_here(f"https://daily.test:{port}/").title == "Park opens"


def test_a_certificate_of_another_host_is_refused(secure, monkeypatch):
    port, pem = secure
    monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    with pytest.raises(FetchError, match="certificate"):
        open_here(f"https://other.test:{port}/")


def test_a_certificate_that_nobody_vouches_for_is_refused(secure):
    port, _ = secure
    with pytest.raises(FetchError, match="certificate"):
        open_here(f"https://daily.test:{port}/")
