"""Word and OpenDocument files."""

import io
import zipfile

import docx
import pytest
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import parse_xml
from hypothesis import given, settings
from hypothesis import strategies as st
from odf import meta as odf_meta
from odf.office import Annotation
from odf.opendocument import OpenDocumentSpreadsheet, OpenDocumentText
from odf.table import Table, TableCell, TableRow
from odf.text import H, LineBreak, List, ListItem, P, S, Span, Tab

from claimcheck.errors import EmptyDocument, ReadError, TooLarge
from claimcheck.readers import docx as docx_reader
from claimcheck.readers.assembly import Assembly, spans_within
from claimcheck.readers.source import Source
from claimcheck.text.normalise import normalise

from .conftest import read_all, read_one, refusal

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
# Text that normal form changes is dealt more often than chance would: accents apart, jamo, joiners, odd blanks.
TRICKY = st.sampled_from(
    ["e\u0301", "\u0301", "l\u0304", "\u0323", "\u1112", "\u1161", "\u11ab", "\u200d", "\u00ad", " "]
)
XML_TEXT = st.text(st.one_of(st.characters(exclude_categories=["Cs", "Cc", "Cn"]), st.sampled_from("\t\n")), max_size=8)
RUNS = st.lists(st.one_of(XML_TEXT, TRICKY), max_size=6)


def saved(document) -> bytes:
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def word(*paragraphs: list[str]):
    document = docx.Document()
    for runs in paragraphs:
        paragraph = document.add_paragraph()
        for run in runs:
            paragraph.add_run(run)
    return document


def anchored(document) -> dict[str, str]:
    return {anchor.locator: anchor.span.of(document.text) for anchor in document.anchors}


@given(st.lists(RUNS, max_size=5))
@settings(max_examples=60, deadline=None)
def test_every_run_of_any_unicode_is_found_at_its_anchor(paragraphs):
    source = Source(data=saved(word(*paragraphs)), path="x.docx", name="x.docx", max_bytes=10**7)
    try:
        (document,) = docx_reader.read(source)
    except EmptyDocument:
        assert not any(normalise("".join(runs)).strip() for runs in paragraphs)
        return
    assert normalise(document.text) == document.text
    found = anchored(document)
    for number, runs in enumerate(paragraphs, 1):
        whole = normalise("".join(runs))
        if not whole.strip():
            assert f"paragraph {number}" not in found
            continue
        assert found[f"paragraph {number}"] == whole
        pieces = [found.get(f"paragraph {number} run {n}", "") for n in range(1, len(runs) + 1)]
        assert "".join(pieces) == whole
        if "".join(map(normalise, runs)) == whole:  # nothing composed across a border
            assert pieces == [normalise(run) for run in runs]


@given(st.lists(st.one_of(st.text(max_size=4), TRICKY), max_size=8))
@settings(max_examples=200, deadline=None)
def test_spans_of_pieces_touch_and_cover(pieces):
    text, spans = spans_within(pieces)
    assert text == normalise("".join(pieces))
    assert len(spans) == len(pieces)
    assert "".join(span.of(text) for span in spans) == text
    assert [span.start for span in spans] == [0, *(span.end for span in spans)][: len(spans)]


def test_an_accent_in_the_next_run_belongs_to_its_letter():
    assert [s.of("caf\u00e9s") for s in spans_within(["cafe", "\u0301s"])[1]] == ["caf\u00e9", "s"]
    assert [(s.start, s.end) for s in spans_within(["l\u0304", "\u0323"])[1]] == [(0, 1), (1, 1)]


def test_the_same_locators_lead_back_to_the_same_runs(write):
    data = saved(word(["One ", "two"], [], ["three"]))
    document = read_one(write("a.docx", data))
    runs = {
        locator: text for block in docx_reader.blocks(docx.Document(io.BytesIO(data))) for text, locator in block.pieces
    }
    assert runs == {"paragraph 1 run 1": "One ", "paragraph 1 run 2": "two", "paragraph 3 run 1": "three"}
    assert document.locator(document.text.index("two")) == "paragraph 1 run 2"
    assert document.locator(document.text.index("three")) == "paragraph 3 run 1"


def test_tables_keep_rows_together_and_their_cells_have_anchors(write):
    document = docx.Document()
    document.add_paragraph("Before.")
    table = document.add_table(2, 3)
    for row, column, text in ((0, 0, "Plant"), (0, 2, "MW"), (1, 1, "Leeds"), (1, 2, "54")):
        table.cell(row, column).text = text
    table.cell(1, 2).add_paragraph("planned")
    document.add_paragraph("After.")
    read = read_one(write("a.docx", saved(document)))
    assert read.text == "Before.\n\nPlant\tMW\n\nLeeds\t54\nplanned\n\nAfter."
    assert anchored(read)["table 1 row 2 cell 3"] == "54\nplanned"
    assert anchored(read)["table 1 row 2 cell 3 paragraph 2 run 1"] == "planned"


def test_merged_cells_are_read_once(write):
    document = docx.Document()
    table = document.add_table(2, 2)
    table.cell(0, 0).merge(table.cell(0, 1)).text = "Wide"
    table.cell(1, 0).text, table.cell(1, 1).text = "a", "b"
    assert read_one(write("a.docx", saved(document))).text == "Wide\n\na\tb"


def test_what_a_reader_sees_is_what_is_read(write):
    document = word(["Kept. "])
    paragraph = document.paragraphs[0]
    for xml in (
        f'<w:ins {W} w:id="1" w:author="a"><w:r><w:t xml:space="preserve">Inserted. </w:t></w:r></w:ins>',
        f'<w:del {W} w:id="2" w:author="a"><w:r><w:delText>Deleted. </w:delText></w:r></w:del>',
        f'<w:moveFrom {W} w:id="3" w:author="a"><w:r><w:t>Moved away. </w:t></w:r></w:moveFrom>',
        f"<w:hyperlink {W}><w:r><w:t>Linked.</w:t></w:r></w:hyperlink>",
        f"<w:r {W}><w:rPr><w:vanish/></w:rPr><w:t>Hidden.</w:t></w:r>",
        f"<w:r {W}><w:instrText>FIELD</w:instrText></w:r>",
    ):
        paragraph._p.append(parse_xml(xml))
    control = parse_xml(f"<w:sdt {W}><w:sdtContent><w:p><w:r><w:t>Control.</w:t></w:r></w:p></w:sdtContent></w:sdt>")
    paragraph._p.addnext(control)
    read = read_one(write("a.docx", saved(document)))
    assert read.text == "Kept. Inserted. Linked.\n\nControl."
    assert anchored(read)["paragraph 2"] == "Control."


def test_a_text_box_is_read_once(write):
    document = word(["Outside."])
    mc = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    box = "<w:txbxContent><w:p><w:r><w:t>Inside.</w:t></w:r></w:p></w:txbxContent>"
    document.paragraphs[0]._p.append(
        parse_xml(
            f"<w:r {W} {mc}><mc:AlternateContent><mc:Choice>{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback>"
            "</mc:AlternateContent></w:r>"
        )
    )
    read = read_one(write("a.docx", saved(document)))
    assert read.text == "Outside.\n\nInside."
    assert anchored(read)["paragraph 1 box 1 paragraph 1 run 1"] == "Inside."


def test_word_metadata(write):
    document = docx.Document()
    document.core_properties.title, document.core_properties.author = "Stated", "Ann Lee"
    document.add_paragraph("Body of the text.")
    stated = read_one(write("a.docx", saved(document)))
    assert (stated.title, stated.author, stated.published) == ("Stated", "Ann Lee", None)
    assert set(stated.notes) == {"created", "modified"}
    document.add_heading("Shown", 0)
    assert read_one(write("b.docx", saved(document))).title == "Shown"
    assert document.styles["Title"].type == WD_STYLE_TYPE.PARAGRAPH


def test_a_blank_word_document_is_refused(write):
    assert isinstance(refusal(write("a.docx", saved(word(["  "])))), EmptyDocument)


def rezipped(data: bytes, changes: dict[str, bytes | None]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        members = {name: old.read(name) for name in old.namelist()} | changes
        for name, content in members.items():
            if content is not None:
                new.writestr(name, content)
    return out.getvalue()


def open_text() -> OpenDocumentText:
    document = OpenDocumentText()
    document.text.addElement(H(outlinelevel=1, text="Solar park"))
    paragraph = P(text="Opened")
    paragraph.addElement(S(c=2))
    paragraph.addElement(Span(text="in\nMay"))
    paragraph.addElement(Tab())
    paragraph.addText("2024")
    note = Annotation()
    note.addElement(P(text="a comment"))
    paragraph.addElement(note)
    paragraph.addElement(LineBreak())
    paragraph.addText("e\u0301tat")
    document.text.addElement(paragraph)
    items = List()
    for text in ("First.", "Second."):
        item = ListItem()
        item.addElement(P(text=text))
        items.addElement(item)
    document.text.addElement(items)
    table = Table()
    for texts in (("Plant", "MW"), ("Leeds", "54")):
        row = TableRow()
        for text in texts:
            cell = TableCell()
            cell.addElement(P(text=text))
            row.addElement(cell)
        table.addElement(row)
    document.text.addElement(table)
    return document


def test_open_document_text(write):
    document = open_text()
    document.meta.addElement(odf_meta.InitialCreator(text="Ann Lee"))
    document.meta.addElement(odf_meta.CreationDate(text="2024-05-03T10:00:00"))
    read = read_one(write("a.odt", saved(document)))
    assert read.text == ("Solar park\n\nOpened  in May\t2024\n\u00e9tat\n\nFirst.\n\nSecond.\n\nPlant\tMW\n\nLeeds\t54")
    assert (read.title, read.author, read.notes["created"]) == ("Solar park", "Ann Lee", "2024-05-03")
    found = anchored(read)
    assert found["paragraph 2"] == "Opened  in May\t2024\n\u00e9tat"
    assert found["table 1 row 2 cell 2"] == "54"


@given(st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn"]), max_size=12), min_size=1, max_size=5))
@settings(max_examples=30, deadline=None)
def test_blocks_are_found_at_their_anchors(blocks):
    assembly = Assembly()
    spans = [assembly.add([(block, None)], f"block {n}") for n, block in enumerate(blocks)]
    assert normalise(assembly.text) == assembly.text
    for block, span in zip(blocks, spans, strict=True):
        assert (span.of(assembly.text) if span else "").strip() == normalise(block).strip()


def test_a_spreadsheet_is_no_text(write):
    assert "not an OpenDocument text" in refusal(write("a.odt", saved(OpenDocumentSpreadsheet()))).message


def test_a_protected_open_document_is_named_as_such(write):
    data = saved(open_text())
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        manifest = archive.read("META-INF/manifest.xml")
    locked = manifest.replace(b"</manifest:manifest>", b"<manifest:encryption-data/></manifest:manifest>")
    assert "password" in refusal(write("a.odt", rezipped(data, {"META-INF/manifest.xml": locked}))).message


OFFICE = {".docx": saved(word(["Some text."])), ".odt": saved(open_text())}
CONTENT = {".docx": "word/document.xml", ".odt": "content.xml"}


@pytest.mark.parametrize("suffix", sorted(OFFICE))
def test_damaged_office_files_are_refused(write, suffix, capsys):
    data = OFFICE[suffix]
    content = CONTENT[suffix]
    broken = {
        "cut": data[: len(data) // 2],
        "text": b"just words",
        "old": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
        "other": rezipped(data, {content: None}),
        "torn": rezipped(data, {content: b"<a><b></a>"}),
        "hollow": rezipped(data, {content: b"<a/>"}),
        "deep": rezipped(data, {content: b"<a>" * 5000}),
    }
    for name, content_bytes in broken.items():
        refusal(write(f"{name}{suffix}", content_bytes))
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("suffix", sorted(OFFICE))
def test_any_flipped_byte_gives_a_document_or_one_error(write, suffix):
    data = OFFICE[suffix]
    for position in range(0, len(data), max(1, len(data) // 60)):
        flipped = bytearray(data)
        flipped[position] ^= 0x55
        assert len(read_all(write(f"flipped{suffix}", bytes(flipped)))) == 1


@pytest.mark.parametrize("suffix", sorted(OFFICE))
def test_an_archive_that_unpacks_to_too_much_is_refused(write, suffix):
    for name in ("media/large.bin", "large.xml"):
        bomb = rezipped(OFFICE[suffix], {name: bytes(9_000_000 if name.endswith("bin") else 3_000_000)})
        assert len(bomb) < 100_000
        assert isinstance(refusal(write(f"bomb{suffix}", bomb)), TooLarge)


@pytest.mark.parametrize("suffix", sorted(OFFICE))
def test_an_archive_that_lies_about_its_size_is_refused(write, suffix):
    bomb = bytearray(rezipped(OFFICE[suffix], {"large.bin": bytes(9_000_000)}))
    size = (9_000_000).to_bytes(4, "little")
    while (at := bomb.find(size)) >= 0:
        bomb[at : at + 4] = (10).to_bytes(4, "little")
    refusal(write(f"liar{suffix}", bytes(bomb)))


@pytest.mark.parametrize("suffix", sorted(OFFICE))
def test_an_entity_bomb_is_refused(write, suffix):
    entities = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 9))
    xml = f'<!DOCTYPE a [<!ENTITY a0 "aaaaaaaaaa">{entities}]><a>&a8;</a>'
    bomb = rezipped(OFFICE[suffix], {CONTENT[suffix]: xml.encode()})
    assert "entities" in refusal(write(f"bomb{suffix}", bomb)).message
    wide = rezipped(OFFICE[suffix], {CONTENT[suffix]: xml.encode("utf-16")})
    assert isinstance(refusal(write(f"wide{suffix}", wide)), ReadError)
