"""PDF files, written by hand so that what stands in them is known."""

import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader, PdfWriter

from claimcheck.errors import EmptyDocument
from claimcheck.readers.page_flow import flowed, page_of
from claimcheck.text.normalise import normalise

from .conftest import pdf_bytes, read_all, read_one, refusal

PAGES = [
    [
        "Solar park opens",
        "The park in Leeds was opened on Monday by the min-",
        "ister, who said that its long-term output would be",
        "54 megawatts. It took two years to build and is now",
        "the largest of its kind.",
        "A second phase, of which little is known, is to be a",
    ],
    ["long-", "term project of the same company, which has to find", "the money first."],
]


def encrypted(password: str, algorithm: str) -> bytes:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf_bytes(PAGES))))
    writer.encrypt(user_password=password, owner_password="owner", algorithm=algorithm)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def test_lines_flow_into_paragraphs_and_pages_have_anchors(write):
    document = read_one(write("a.pdf", pdf_bytes(PAGES)))
    assert document.text == (
        "Solar park opens\n\n"
        "The park in Leeds was opened on Monday by the minister, who said that its long-term output would be "
        "54 megawatts. It took two years to build and is now the largest of its kind.\n\n"
        "A second phase, of which little is known, is to be a long-term project of the same company, which has to find "
        "the money first."
    )
    assert document.title == "Solar park opens"
    first, second = document.anchors
    assert (first.locator, second.locator) == ("page 1", "page 2")
    assert first.span.of(document.text).endswith("is to be a")
    assert second.span.of(document.text).startswith("long-term project")


def test_metadata_of_a_pdf(write):
    info = "/Title (Annual report) /Author (Ann Lee) /CreationDate (D:20240503090000Z)"
    document = read_one(write("a.pdf", pdf_bytes(PAGES, info)))
    assert (document.title, document.author, document.published) == ("Annual report", "Ann Lee", None)
    assert document.notes == {"created": "2024-05-03"}
    assert read_one(write("b.pdf", pdf_bytes(PAGES, "/Title (Microsoft Word - x.docx)"))).title == "Solar park opens"


def test_a_scan_without_text_asks_for_ocr(write):
    error = refusal(write("scan.pdf", pdf_bytes([[], []])))
    assert isinstance(error, EmptyDocument)
    assert "OCR" in error.next_step


def test_a_page_without_text_is_noted(write):
    document = read_one(write("a.pdf", pdf_bytes([["Some text is here."], [], ["And here."]])))
    assert document.notes["pages_without_text"] == "2"
    assert [a.locator for a in document.anchors] == ["page 1", "page 3"]


@pytest.mark.parametrize("algorithm", ["RC4-128", "AES-128", "AES-256"])
def test_encryption_without_a_password_to_open_is_read(write, algorithm):
    plain = read_one(write("plain.pdf", pdf_bytes(PAGES)))
    assert read_one(write("locked.pdf", encrypted("", algorithm))).text == plain.text


@pytest.mark.parametrize("algorithm", ["RC4-128", "AES-256"])
def test_a_password_is_asked_for_by_name(write, algorithm):
    assert "password" in refusal(write("locked.pdf", encrypted("secret", algorithm))).message


def test_damaged_pdfs_are_refused(write):
    data = pdf_bytes(PAGES)
    for name, content in {
        "cut": data[:200],
        "text": b"just words",
        "head": b"%PDF-1.7\n",
        "zip": b"PK\x03\x04",
    }.items():
        refusal(write(f"{name}.pdf", content))


def test_any_flipped_byte_gives_a_document_or_one_error(write, capsys):
    for data in (pdf_bytes(PAGES), encrypted("", "RC4-128")):
        for position in range(0, len(data), max(1, len(data) // 60)):
            flipped = bytearray(data)
            flipped[position] ^= 0x15
            assert len(read_all(write("flipped.pdf", bytes(flipped)))) == 1
    assert capsys.readouterr() == ("", "")


def text_of(*pages: str) -> str:
    return flowed([page_of(n, page) for n, page in enumerate(pages, 1)]).text


def test_running_heads_and_page_numbers_are_left_out():
    pages = [f"The Company Annual Report\nWords of page {word} are here.\nPage {n} of 4" for n, word in
             enumerate(("one", "two", "three", "four"), 1)]  # fmt: skip
    assert "Annual Report" not in text_of(*pages)
    assert "of 4" not in text_of(*pages)
    assert all(f"page {word} are" in text_of(*pages) for word in ("one", "two", "three", "four"))
    assert "Annual Report" in text_of(*pages[:2])  # two pages prove no habit


def test_what_is_hyphenated_elsewhere_keeps_its_hyphen():
    assert text_of("a well-\nknown man") == "a wellknown man"
    assert text_of("a well-\nknown man; well-known") == "a well-known man; well-known"
    assert text_of("in 2024-\n2025 and Nord-\nWest") == "in 2024-2025 and Nord-West"
    assert text_of("mi\u00ad\nnister") == "minister"


def test_items_and_blank_lines_part_paragraphs():
    assert text_of("It has:\n• one thing\n• another thing") == "It has:\n\n• one thing\n\n• another thing"
    assert text_of("The first.\n\nthe second") == "The first.\n\nthe second"
    line = "It was said that the number of plants had come to"
    assert text_of(f"{line}\n54. The plant is large.") == f"{line} 54. The plant is large."


def test_ligatures_are_spelt_out_and_unspaced_scripts_join_without_a_blank():
    assert text_of("the \ufb01rst o\ufb03ce") == "the first office"
    assert text_of("会社は新しい工場を\n建てると発表した。") == "会社は新しい工場を建てると発表した。"
    assert text_of("회사는 새로운 공장을\n지었다고 발표했다.") == "회사는 새로운 공장을 지었다고 발표했다."


@given(st.lists(st.text(max_size=60), max_size=5))
@settings(max_examples=100, deadline=None)
def test_every_page_is_found_at_its_anchor_and_no_letter_is_lost(pages):
    read = [page_of(n, page) for n, page in enumerate(pages, 1)]
    assembly = flowed(read)
    assert normalise(assembly.text) == assembly.text
    ends = [anchor.span.end for anchor in assembly.anchors]
    assert ends == sorted(ends)
    if len(pages) < 3:
        for anchor in assembly.anchors:
            lines = read[int(anchor.locator.removeprefix("page ")) - 1].lines
            letters = [c for c in anchor.span.of(assembly.text) if c.isalnum()]
            assert letters == [c for line in lines for c in line if c.isalnum()]


def test_a_real_file_name_is_not_needed(tmp_path: Path):
    path = tmp_path / "no suffix"
    path.write_bytes(pdf_bytes(PAGES))
    assert read_one(path).locator(0) == "page 1"
