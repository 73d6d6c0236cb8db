"""Small real files, and a real web server on this machine."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from claimcheck.errors import ReadError
from claimcheck.readers import read_each
from claimcheck.types import Document

STORY = """<!DOCTYPE html><html lang="en"><head><title>Park opens | The Daily</title>
<meta name="author" content="Ann Lee"><meta property="og:site_name" content="The Daily">
<meta property="article:published_time" content="2024-05-03T10:00:00Z"></head>
<body><nav><a href="/">Home</a> <a href="/news">All our news</a></nav><article><h1>Park opens</h1>
<p>The <b>park</b> in Leeds opened on Monday with 54 turbines, and the minister said more would follow
in the next year for the region.</p><ul><li>The first phase is done.</li></ul>
<table><tr><th>Plant</th><th>MW</th></tr><tr><td>Leeds</td><td>54</td></tr></table>
<p>The last paragraph of the story runs on with several more words, so that it is long enough to count.</p></article>
<footer>Copyright 2021 The Daily</footer><script>alert("x")</script></body></html>"""

LIMITS = {"max_bytes": 2_000_000, "timeout_s": 10.0}


def read_all(source) -> list[Document | ReadError]:
    return list(read_each(source, **LIMITS))


def read_one(source) -> Document:
    (document,) = read_all(source)
    assert isinstance(document, Document), document
    return document


def refusal(source) -> ReadError:
    """The one error of a source that cannot be read; it must say what to do next."""
    (error,) = read_all(source)
    assert isinstance(error, ReadError), error
    assert str(source) in error.message
    assert error.next_step.endswith(".")
    return error


def pdf_bytes(pages: list[list[str]], info: str = "") -> bytes:
    """A PDF file written by hand: each page a list of lines in Helvetica, 14 points apart."""
    objects = ["<< /Type /Catalog /Pages 2 0 R >>"]
    first = 5
    kids = " ".join(f"{first + 2 * n} 0 R" for n in range(len(pages)))
    objects.append(f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>")
    objects.append("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>")
    objects.append(f"<< {info} >>")
    for n, lines in enumerate(pages):
        escaped = (line.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)") for line in lines)
        shown = "".join(f"({line}) Tj 0 -14 Td\n" for line in escaped)
        content = f"BT /F1 11 Tf 72 770 Td\n{shown}ET" if lines else ""
        objects.append(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 3 0 R >> >> "
            f"/Contents {first + 2 * n + 1} 0 R >>"
        )
        objects.append(f"<< /Length {len(content.encode('cp1252'))} >>\nstream\n{content}\nendstream")
    out = bytearray(b"%PDF-1.4\n")
    offsets = []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += f"{number} 0 obj\n{body}\nendobj\n".encode("cp1252")
    start = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    out += b"".join(f"{offset:010} 00000 n \n".encode() for offset in offsets)
    out += f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R /Info 4 0 R >>\nstartxref\n{start}\n%%EOF\n".encode()
    return bytes(out)


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, bytes | str], Path]:
    def write_file(name: str, content: bytes | str) -> Path:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write_file


@dataclass
class Site:
    """What the server answers, by path: status, headers, body."""

    port: int
    pages: dict[str, tuple[int, dict[str, str], bytes]] = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)

    def url(self, path: str, host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}{path}"

    def put(self, path: str, body: bytes | str, kind: str = "text/html; charset=utf-8", status: int = 200, **headers):
        data = body.encode() if isinstance(body, str) else body
        sent = {"Content-Type": kind, "Content-Length": str(len(data))} if kind else {"Content-Length": str(len(data))}
        self.pages[path] = (status, sent | {name.replace("_", "-"): value for name, value in headers.items()}, data)


@pytest.fixture
def site() -> Iterator[Site]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            site.asked.append((self.headers["Host"], self.path))
            status, headers, body = site.pages[self.path]
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            try:
                self.wfile.write(body)
            except OSError:
                return  # the reader hung up, as it may

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    site = Site(server.server_address[1])
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield site
    server.shutdown()
    server.server_close()
    thread.join()
